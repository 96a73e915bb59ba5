using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>What an operation tells of itself before it begins.</summary>
internal sealed record RunRequest
{
    /// <summary>What is done.</summary>
    public required RunOperation Operation { get; init; }

    /// <summary>The kind of server; null for none.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>The schedule; null for none.</summary>
    public BackupType? Type { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>The keys that it is about, where they are known before.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Of a test: how far it goes.</summary>
    public VerificationDepth? Depth { get; init; }

    /// <summary>The name of the lock that it needs; null for none.</summary>
    public string? LockName { get; init; }

    /// <summary>Whether it may go on, without lock and record, where the credentials may only read.</summary>
    public bool MayOnlyRead { get; init; }

    /// <summary>Opens the destination; gives null where none is needed and none is set.</summary>
    public required Func<IEngineReporter, CancellationToken, Task<IObjectStore?>> OpenStore { get; init; }

    /// <summary>The lock of removals.</summary>
    public const string RemovalLock = "retention";

    /// <summary>The lock of copies, at the destination that they go to.</summary>
    public const string CopyLock = "copy";

    /// <summary>The lock of backups and restores of a source and environment.</summary>
    public static string LockOf(BackupSource source, string environment) => $"{source.ToString().ToLowerInvariant()}-{environment}";
}
