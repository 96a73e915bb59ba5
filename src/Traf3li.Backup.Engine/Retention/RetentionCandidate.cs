using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>The facts of one backup that a retention policy is decided by. It holds no manifest, so that those of ten thousand fit in memory.</summary>
internal sealed record RetentionCandidate
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    public required BackupSource Source { get; init; }

    public required BackupType Type { get; init; }

    public required string Environment { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public required DateTime Date { get; init; }

    public required CandidateState State { get; init; }

    /// <summary>When the newest of its objects was written, by the store's clock, UTC.</summary>
    public DateTime LastModified { get; init; }

    /// <summary>Bytes of all its objects.</summary>
    public long Size { get; init; }

    /// <summary>What was selected, in a form that is the same for the same selection; empty when everything was.</summary>
    public string Selection { get; init; } = "";

    /// <summary>Whether only some collections were selected.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether it was taken before a restore.</summary>
    public bool IsSafety { get; init; }

    /// <summary>Whether the stored object was read back in full when it was taken.</summary>
    public bool IsVerified { get; init; }

    /// <summary>When a test found it not to be good, UTC; null when none did, or a later one found it good.</summary>
    public DateTime? FailedTest { get; init; }

    /// <summary>The server's time that its state belongs to; null when there is no such state.</summary>
    public OplogPosition? ConsistencyPoint { get; init; }

    public IReadOnlyDictionary<string, string> Tag { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Why it may not be removed, such as <c>held by ann@db1: audit</c>; null when nothing forbids it.</summary>
    public string? Hold { get; init; }

    /// <summary>When that ends by itself, UTC; null when it does not.</summary>
    public DateTime? HoldUntil { get; init; }

    /// <summary>What the store's own locks say of its objects and its manifest; null where there are none or nobody asked.</summary>
    public ObjectLockState? Lock { get; init; }

    /// <summary>The backups that it is counted with.</summary>
    public RetentionSet Set => new(Environment, Source, Selection, IsSafety);

    /// <summary>The schedule whose number holds for it: backups of Redis lie in one folder, and without another type count as daily.</summary>
    public BackupType CountedType => Source == BackupSource.Redis && Type == BackupType.Manual ? BackupType.Daily : Type;

    /// <summary>Whether it is no backup but something to be cleaned away.</summary>
    public bool IsLeftOver => State is CandidateState.OrphanObject or CandidateState.OrphanManifest or CandidateState.Interrupted;
}
