namespace Traf3li.Backup;

/// <summary>What became of one notification.</summary>
public sealed record NotificationResult
{
    /// <summary>The way it went, such as <c>Webhook</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>Whom it went to, without any secret.</summary>
    public required string Target { get; init; }

    /// <summary>What became of it.</summary>
    public required NotificationStatus Status { get; init; }

    /// <summary>Why it was not sent; null when it was.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it; null when it was sent.</summary>
    public string? Recommendation { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Channel} {Status}";
}
