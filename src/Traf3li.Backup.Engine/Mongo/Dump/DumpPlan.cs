namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>What a dump will read.</summary>
internal sealed record DumpPlan
{
    public required NamespaceFilter Filter { get; init; }

    public required BackupConsistency Consistency { get; init; }

    /// <summary>The choice, for the manifest.</summary>
    public required BackupSelection Selection { get; init; }

    /// <summary>The databases in it, in ordinal order.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>The namespaces, in the order of the archive's prelude.</summary>
    public required IReadOnlyList<DumpItem> Items { get; init; }

    /// <summary>The moment that is read, at which the collections were these; null where none can be chosen.</summary>
    public OplogPosition? Snapshot { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Bytes by the server's estimate.</summary>
    public long EstimatedSize => Items.Sum(item => item.EstimatedSize ?? 0);
}
