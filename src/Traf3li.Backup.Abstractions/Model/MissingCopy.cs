namespace Traf3li.Backup;

/// <summary>A backup that a second destination lacks.</summary>
public sealed record MissingCopy
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The kind of server.</summary>
    public BackupSource Source { get; init; }

    /// <summary>The schedule that it belongs to.</summary>
    public BackupType Type { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public DateTime Date { get; init; }

    /// <summary>Bytes of all its objects.</summary>
    public long Size { get; init; }

    /// <inheritdoc />
    public override string ToString() => Key;
}
