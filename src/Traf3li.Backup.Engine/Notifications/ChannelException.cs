namespace Traf3li.Backup.Engine.Notifications;

/// <summary>One attempt to send failed. Never leaves this folder.</summary>
/// <param name="reason">Why, without any secret; a sentence that begins in lower case.</param>
/// <param name="recommendation">What to do about it.</param>
/// <param name="innerException">What was thrown.</param>
internal sealed class ChannelException(string reason, string recommendation, Exception? innerException = null) : Exception(reason, innerException)
{
    /// <summary>What to do about it.</summary>
    public string Recommendation { get; } = recommendation;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the other side asks to be left alone; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
