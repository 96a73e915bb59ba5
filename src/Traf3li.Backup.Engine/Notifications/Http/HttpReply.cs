namespace Traf3li.Backup.Engine.Notifications.Http;

/// <summary>An answer of HTTP.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">The first 16 KB of its body.</param>
/// <param name="RetryAfter">How long it asks to be left alone; null where it does not.</param>
internal sealed record HttpReply(int Status, string Body, TimeSpan? RetryAfter)
{
    /// <summary>Whether it is one of success.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether another attempt may be answered otherwise, by status alone.</summary>
    public bool IsTransient => Status is 408 or 425 or 429 or >= 500;
}
