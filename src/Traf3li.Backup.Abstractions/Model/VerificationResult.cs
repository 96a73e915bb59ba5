namespace Traf3li.Backup;

/// <summary>What <c>Test-Traf3liBackup</c> found.</summary>
public sealed record VerificationResult
{
    /// <summary>The backup that was tested.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>How far it was tested.</summary>
    public required VerificationDepth Depth { get; init; }

    /// <summary>Whether everything asked for was tested and found right. What was skipped never counts as right.</summary>
    public bool IsValid => Status == VerificationStatus.Valid;

    /// <summary>What came out of it.</summary>
    public VerificationStatus Status => Thaw is not null ? VerificationStatus.NotTested : Problem.Count == 0 ? VerificationStatus.Valid : VerificationStatus.NotValid;

    /// <summary>What became of the request to thaw the backup, which could not be tested therefore; null when it could.</summary>
    public ThawResult? Thaw { get; init; }

    /// <summary>What is wrong, in sentences that say where.</summary>
    public IReadOnlyList<string> Problem { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What the user should know although it is not wrong.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Namespaces parsed, of Redis databases; null at depth Quick.</summary>
    public int? NamespaceCount { get; init; }

    /// <summary>Documents parsed, of Redis keys; null at depth Quick.</summary>
    public long? DocumentCount { get; init; }

    /// <summary>Bytes read from the store.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes of documents parsed, of Redis those of the RDB; null at depth Quick.</summary>
    public long? LogicalSize { get; init; }

    /// <summary>The keys of a backup of Redis; null for others and at depth Quick.</summary>
    public RedisContents? Redis { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Logical bytes a second; null at depth Quick.</summary>
    public double? BytesPerSecond => LogicalSize is { } bytes && Duration.TotalSeconds > 0 ? bytes / Duration.TotalSeconds : null;

    /// <summary>What became of the notifications about it.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Backup.Key} {Depth} {Status switch { VerificationStatus.Valid => "valid", VerificationStatus.NotValid => "not valid", _ => "not tested" }}";
}
