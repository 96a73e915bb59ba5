namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Gathers the replies of a few commands.</summary>
/// <param name="count">How many.</param>
/// <param name="largest">The most bytes that they may take together.</param>
internal sealed class ReplyBatch(int count, int largest) : IRespHandler
{
    private readonly RespValue[] _replies = new RespValue[count];
    private readonly TaskCompletionSource<IReadOnlyList<RespValue>> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>How many bytes the replies that have not come may still take.</summary>
    public int Room { get; set; } = largest;

    /// <summary>All replies.</summary>
    public Task<IReadOnlyList<RespValue>> Replies => _all.Task;

    /// <inheritdoc />
    public void OnReply(long tag, RespValue reply)
    {
        _replies[tag] = reply;
        if (--_left == 0)
        {
            _all.TrySetResult(_replies);
        }
    }
}
