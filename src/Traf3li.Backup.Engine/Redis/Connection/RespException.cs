namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>A peer broke the protocol or ended the stream; <see cref="RedisErrors" /> makes a user's error of it.</summary>
internal sealed class RespException(string reason) : IOException(reason)
{
    /// <summary>Whether the peer closed the connection where more had to come.</summary>
    public bool IsClosed { get; private init; }

    /// <summary>The stream ended.</summary>
    public static RespException Closed() => new("it closed the connection") { IsClosed = true };
}
