namespace Traf3li.Backup;

/// <summary>What a restore did.</summary>
public sealed record RestoreResult
{
    /// <summary>The backup that was restored.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>The target server.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>The key of the safety backup; null when none was needed or wanted.</summary>
    public string? SafetyBackupKey { get; init; }

    /// <summary>What was done, a namespace each; empty for Redis.</summary>
    public required IReadOnlyList<RestoredNamespace> Namespace { get; init => field = Indexable.Of(value); }

    /// <summary>Live namespaces dropped because the backup lacks them.</summary>
    public IReadOnlyList<string> Dropped { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Documents that are now live; of Redis the keys written.</summary>
    public long DocumentCount => Redis?.Restored.Count ?? Namespace.Sum(item => item.Count);

    /// <summary>Their bytes; of Redis those of the RDBs that were read.</summary>
    public long Size => Redis is null ? Namespace.Sum(item => item.Size) : ArchiveSize;

    /// <summary>Bytes of the RDBs that a restore of Redis read; 0 for others.</summary>
    public long ArchiveSize { get; init; }

    /// <summary>What was done to the keys of a Redis server; null for others.</summary>
    public RedisRestoreResult? Redis { get; init; }

    /// <summary>Oplog entries applied after the data.</summary>
    public long OplogEntryCount { get; init; }

    /// <summary>Documents that the server refused and <c>-AllowRefused</c> accepted to lose.</summary>
    public long RefusedCount => Namespace.Sum(item => item.RefusedCount);

    /// <summary>Where the refused documents lie, as raw BSON; null when there are none.</summary>
    public string? RefusedPath { get; init; }

    /// <summary>How long it took, from reading the backup to the last swap.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Restored bytes a second over the whole run.</summary>
    public double BytesPerSecond => Duration.TotalSeconds > 0 ? Size / Duration.TotalSeconds : 0;

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What became of the notifications about it.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Backup.Key} on {Server.Host}";
}
