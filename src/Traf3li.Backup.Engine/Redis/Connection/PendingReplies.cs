using System.Numerics;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>
/// The commands that were begun and not yet answered, oldest first: one thread adds, another takes. The first can wait until there are few.
/// </summary>
internal sealed class PendingReplies : IDisposable
{
    private readonly Entry[] _entries;
    private readonly SemaphoreSlim _few = new(0);
    private readonly PipelineEnd _end;
    private long _begun;
    private long _answered;
    private long _mostCommands;
    private long _mostBytes;
    private long _written;
    private int _waiting;

    /// <summary>Creates it.</summary>
    /// <param name="capacity">The most commands.</param>
    /// <param name="end">Ends all waiting.</param>
    public PendingReplies(int capacity, PipelineEnd end)
    {
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _end = end;
    }

    /// <summary>How many commands were begun in all.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>How many of them were answered.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Adds a command; there must be room.</summary>
    /// <param name="handler">Gets the reply.</param>
    /// <param name="tag">Goes to the handler.</param>
    /// <param name="written">How many bytes were written before it, in all.</param>
    public void Add(IRespHandler handler, long tag, long written)
    {
        _written = written;
        _entries[_begun & (_entries.Length - 1)] = new Entry(handler, tag, written);
        Volatile.Write(ref _begun, _begun + 1);
    }

    /// <summary>The oldest command; its handler is null where none is unanswered.</summary>
    public Entry Oldest() => _answered < Begun ? _entries[_answered & (_entries.Length - 1)] : default;

    /// <summary>Takes the oldest command out, once its reply was used.</summary>
    public void Take()
    {
        _entries[_answered & (_entries.Length - 1)].Handler = null;
        Volatile.Write(ref _answered, _answered + 1);
        Interlocked.MemoryBarrier();
        if (_waiting == 1 && IsBelow() && Interlocked.CompareExchange(ref _waiting, 0, 1) == 1)
        {
            _few.Release();
        }
    }

    /// <summary>Whether no more than so much is unanswered. The bytes are those since the oldest command began.</summary>
    public bool IsBelow(long commands, long bytes, long written)
    {
        _written = written;
        _mostCommands = commands;
        _mostBytes = bytes;
        return IsBelow();
    }

    /// <summary>Waits for it.</summary>
    public void Wait(long commands, long bytes, long written)
    {
        if (BeginWait(commands, bytes, written))
        {
            _end.Wait(_few);
        }
    }

    /// <summary>Waits for it without holding a thread.</summary>
    public ValueTask WaitAsync(long commands, long bytes, long written) => BeginWait(commands, bytes, written) ? _end.WaitAsync(_few) : ValueTask.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _few.Dispose();

    private bool BeginWait(long commands, long bytes, long written)
    {
        if (IsBelow(commands, bytes, written))
        {
            return false;
        }

        Interlocked.Exchange(ref _waiting, 1);
        if (IsBelow() && Interlocked.CompareExchange(ref _waiting, 0, 1) == 1)
        {
            return false;
        }

        // Either it is to be waited for, or the other side was quicker and has released already.
        return true;
    }

    private bool IsBelow()
    {
        var answered = Answered;
        var begun = Begun;
        return answered >= begun
            || (begun - answered <= _mostCommands && _written - _entries[answered & (_entries.Length - 1)].Written <= _mostBytes);
    }

    /// <summary>A command that waits for its reply.</summary>
    public record struct Entry(IRespHandler? Handler, long Tag, long Written);
}
