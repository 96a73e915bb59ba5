namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Has a reply that is one string copied into a stream.</summary>
/// <param name="destination">Gets the string.</param>
internal sealed class ReplyCopy(Stream destination) : IRespHandler
{
    private readonly TaskCompletionSource<RespValue> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the string.</summary>
    public Stream Destination => destination;

    /// <summary>The reply without the string.</summary>
    public Task<RespValue> Reply => _reply.Task;

    /// <inheritdoc />
    public void OnReply(long tag, RespValue reply) => _reply.TrySetResult(reply);
}
