namespace Traf3li.Backup;

/// <summary>What a backup would do: the result of <c>New-Traf3liBackup -WhatIf</c>.</summary>
public sealed class BackupPlan
{
    /// <summary>The key that it would write.</summary>
    public required string Key { get; init; }

    /// <summary>Where it would write, without any secret.</summary>
    public required string Destination { get; init; }

    /// <summary>The server that it would read.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>Which state of the server it would hold.</summary>
    public required BackupConsistency Consistency { get; init; }

    /// <summary>How a Redis server would be read; Auto when only the attempt can tell, null of MongoDB.</summary>
    public RedisBackupMethod? Method { get; init; }

    /// <summary>The namespaces that it would read.</summary>
    public required IReadOnlyList<PlannedNamespace> Namespace { get; init => field = Indexable.Of(value); }

    /// <summary>Documents by the server's own estimate.</summary>
    public long EstimatedCount => Namespace.Sum(item => item.EstimatedCount ?? 0);

    /// <summary>Bytes by the server's own estimate, before compression.</summary>
    public long EstimatedSize => Namespace.Sum(item => item.EstimatedSize ?? 0);

    /// <summary>What the user should know before running it.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];
}
