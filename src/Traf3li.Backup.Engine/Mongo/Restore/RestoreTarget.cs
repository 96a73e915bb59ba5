namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Where one namespace of the backup goes.</summary>
internal sealed class RestoreTarget
{
    /// <summary>The namespace of the backup.</summary>
    public required RestoreNamespace Source { get; init; }

    /// <summary>The target's database.</summary>
    public required string Database { get; init; }

    /// <summary>The target's collection.</summary>
    public required string Collection { get; init; }

    /// <summary>What is live under that name now; null when nothing is.</summary>
    public CollectionDescription? Live { get; init; }

    /// <summary>Documents now live, by the server's estimate; null when nothing is live or it is unknown.</summary>
    public long? LiveCount { get; init; }

    /// <summary>database.collection on the target</summary>
    public string FullName => $"{Database}.{Collection}";
}
