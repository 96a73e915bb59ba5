namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Takes a reply that does not matter, an error too: a user who may not run PING has shown that the connection lives all the same.</summary>
internal sealed class IgnoredReply : IRespHandler
{
    /// <summary>The only one.</summary>
    public static IgnoredReply Instance { get; } = new();

    /// <inheritdoc />
    public void OnReply(long tag, RespValue reply)
    {
    }
}
