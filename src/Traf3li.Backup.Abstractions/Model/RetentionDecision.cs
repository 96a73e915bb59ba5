namespace Traf3li.Backup;

/// <summary>What retention decides about one backup, or about what a killed run left, and why.</summary>
public sealed class RetentionDecision
{
    /// <summary>The object's key below the destination.</summary>
    public required string Key { get; init; }

    /// <summary>The destination without any secret.</summary>
    public string? Destination { get; init; }

    /// <summary>The kind of server.</summary>
    public BackupSource Source { get; init; }

    /// <summary>The schedule that it belongs to.</summary>
    public BackupType Type { get; init; }

    /// <summary>The environment label.</summary>
    public string Environment { get; init; } = "";

    /// <summary>The backups that it is counted with: environment, source and what was selected, never the host.</summary>
    public string Set { get; init; } = "";

    /// <summary>When the backup was begun, UTC.</summary>
    public DateTime Date { get; init; }

    /// <summary>How old it is at the decision.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Bytes of all its objects.</summary>
    public long Size { get; init; }

    /// <summary>What is done with it.</summary>
    public RetentionAction Decision { get; init; }

    /// <summary>Every reason that applies, those that decide first.</summary>
    public IReadOnlyList<RetentionReason> Reason { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Decision} {Key}: {string.Join("; ", Reason)}";
}
