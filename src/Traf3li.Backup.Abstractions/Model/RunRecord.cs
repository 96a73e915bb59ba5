namespace Traf3li.Backup;

/// <summary>What is remembered of a run: who did what, when, with which result. It stands below <c>backups/.history/</c>. Never holds a secret.</summary>
public sealed record RunRecord
{
    /// <summary>The most keys that a record holds.</summary>
    public const int MostKeys = 1000;

    /// <summary>Tells runs apart: 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What was done.</summary>
    public required RunOperation Operation { get; init; }

    /// <summary>How it ended; of one that has only begun, Good.</summary>
    public RunOutcome Outcome { get; init; }

    /// <summary>What a script should end with: 0 good, 1 failed or stopped, 2 warnings, 3 locked or nothing to do.</summary>
    public int ExitCode => Outcome switch
    {
        RunOutcome.Good => 0,
        RunOutcome.Warning => 2,
        RunOutcome.Locked or RunOutcome.NothingToDo => 3,
        _ => 1,
    };

    /// <summary>The kind of server; null where it is about none or several.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>The schedule; null where it is about none or several.</summary>
    public BackupType? Type { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>The set of backups that can stand for each other, as retention names it; null where it is about none or several.</summary>
    public string? Set { get; init; }

    /// <summary>The keys of what was made, restored, tested, copied or removed, of a health check the names of what is critical, else of what it warns of: the first <see cref="MostKeys" /> of them.</summary>
    public IReadOnlyList<string> Key { get; init => field = Indexable.Of(value); } = [];

    /// <summary>How many keys there were in all.</summary>
    public int KeyCount { get; init; }

    /// <summary>Of a test: how far it went.</summary>
    public VerificationDepth? Depth { get; init; }

    /// <summary>When it began, UTC, to the millisecond.</summary>
    public required DateTime StartTime { get; init; }

    /// <summary>When it ended, UTC, to the millisecond; of one that has only begun, its begin.</summary>
    public DateTime EndTime { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration => EndTime > StartTime ? EndTime - StartTime : TimeSpan.Zero;

    /// <summary>Bytes stored, read from the store, copied or removed; null where nothing was.</summary>
    public long? StoredSize { get; init; }

    /// <summary>Bytes of all documents, of Redis those of the RDBs; null where unknown.</summary>
    public long? LogicalSize { get; init; }

    /// <summary>Bytes of the archive before compression; null where unknown.</summary>
    public long? ArchiveSize { get; init; }

    /// <summary>Documents, of Redis keys; null where unknown.</summary>
    public long? DocumentCount { get; init; }

    /// <summary>Logical bytes a second over the whole run; null where unknown.</summary>
    public double? BytesPerSecond => LogicalSize is { } bytes && Duration.TotalSeconds > 0 ? bytes / Duration.TotalSeconds : null;

    /// <summary>The id of the error that ended it; null when none did.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The message of that error.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Recommendation { get; init; }

    /// <summary>What the user should know, in sentences.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Who ran it, as <c>user@machine</c>.</summary>
    public required string User { get; init; }

    /// <summary>The version of the module.</summary>
    public required string ModuleVersion { get; init; }

    /// <summary>The destination without any secret.</summary>
    public required string Destination { get; init; }

    /// <summary>Of a restore: the key of its safety backup; null when it took none.</summary>
    public string? SafetyBackupKey { get; init; }

    /// <summary>What became of the notifications about it.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What became of the second copies of what it made.</summary>
    public IReadOnlyList<CopyResult> Copy { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Operation} {StartTime:u} {Outcome}";
}
