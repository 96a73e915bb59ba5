namespace Traf3li.Backup;

/// <summary>What became of one notification.</summary>
public sealed record NotificationResult
{
    /// <summary>The way it went.</summary>
    public required NotificationChannel Channel { get; init; }

    /// <summary>Whom it went to: mail addresses, or the host of an address that is a secret.</summary>
    public required string Target { get; init; }

    /// <summary>What became of it.</summary>
    public required NotificationStatus Status { get; init; }

    /// <summary>Why it was not sent, or not to everyone; null when it was.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it; null when there is nothing to do.</summary>
    public string? Recommendation { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Channel} {Status}";
}
