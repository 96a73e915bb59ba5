namespace Traf3li.Backup.Engine.Memory;

/// <summary>
/// The one pool that the engine's large buffers come from, with a ceiling in bytes. Buffers are made in a few sizes and used again, so
/// that a backup of any length allocates only what runs at the same time.
/// </summary>
/// <remarks>
/// The rule that keeps pipelines from waiting for each other for ever: wait in <see cref="RentAsync" /> only while holding no buffer of
/// this pool, or name the one held and given up next as <c>exchange</c>. What a stage needs beside the buffer it already holds (the
/// output of a compressor) it takes with <see cref="Rent" />, which never waits and may pass the ceiling by one buffer a worker.
/// Requests are served in the order in which they came, so that a large one is not starved by small ones.
/// </remarks>
internal sealed class BufferPool
{
    /// <summary>The ceiling unless told otherwise: 128 MiB.</summary>
    public const long DefaultCeiling = 128L << 20;

    /// <summary>A block of the archive with its header, terminator and the overhead of incompressible data.</summary>
    public const int BlockCapacity = (4 << 20) + (64 << 10);

    /// <summary>A document of the greatest size with some others before it.</summary>
    public const int DocumentCapacity = (17 << 20) + (64 << 10);

    /// <summary>A message to a server (48,000,000 bytes) with its headers.</summary>
    public const int MessageCapacity = 48 << 20;

    private static readonly int[] Classes = [64 << 10, 256 << 10, 1 << 20, BlockCapacity, DocumentCapacity, MessageCapacity];

    private readonly object _gate = new();
    private readonly Stack<byte[]>[] _idle = [.. Classes.Select(_ => new Stack<byte[]>())];
    private readonly LinkedList<Waiter> _waiters = new();
    private long _rented;
    private long _kept;

    /// <summary>Creates a pool.</summary>
    public BufferPool(long ceiling = DefaultCeiling)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ceiling);
        Ceiling = ceiling;
    }

    /// <summary>How many bytes may be rented at a time.</summary>
    public long Ceiling { get; }

    /// <summary>How many bytes are rented now.</summary>
    public long Rented
    {
        get
        {
            lock (_gate)
            {
                return _rented;
            }
        }
    }

    /// <summary>How many bytes are rented or kept for the next one.</summary>
    public long Allocated
    {
        get
        {
            lock (_gate)
            {
                return _rented + _kept;
            }
        }
    }

    /// <summary>
    /// Gives a buffer of at least <paramref name="size" /> bytes as soon as the ceiling allows. One that is larger than the whole ceiling is
    /// given when nothing else is rented.
    /// </summary>
    /// <param name="size">The least capacity, bytes.</param>
    /// <param name="exchange">A buffer that the caller holds and gives up as soon as it has the new one; null when it holds none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PooledBuffer> RentAsync(int size, PooledBuffer? exchange, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var capacity = CapacityFor(size);
        var credit = exchange?.Capacity ?? 0;
        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && Fits(capacity, credit))
            {
                return new ValueTask<PooledBuffer>(Take(capacity));
            }

            waiter = new Waiter(capacity, credit);
            _waiters.AddLast(waiter.Node);
            // Whoever gives a buffer in exchange may stand behind one that waits for just that buffer.
            Serve();
        }

        return new ValueTask<PooledBuffer>(AwaitAsync(waiter, cancellationToken));
    }

    /// <inheritdoc cref="RentAsync(int, PooledBuffer?, CancellationToken)" />
    public ValueTask<PooledBuffer> RentAsync(int size, CancellationToken cancellationToken) => RentAsync(size, exchange: null, cancellationToken);

    /// <summary>Gives a buffer at once, past the ceiling if need be: for what must be had to give back what is already held.</summary>
    public PooledBuffer Rent(int size)
    {
        lock (_gate)
        {
            return Take(CapacityFor(size));
        }
    }

    internal void Return(byte[] array)
    {
        lock (_gate)
        {
            _rented -= array.Length;
            var index = Array.IndexOf(Classes, array.Length);
            if (index >= 0 && _rented + _kept + array.Length <= Ceiling)
            {
                _idle[index].Push(array);
                _kept += array.Length;
            }

            Serve();
        }
    }

    private static int CapacityFor(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        foreach (var capacity in Classes)
        {
            if (size <= capacity)
            {
                return capacity;
            }
        }

        return size;
    }

    private async Task<PooledBuffer> AwaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(_ => Abandon(waiter, cancellationToken), null).ConfigureAwait(false))
        {
            return await waiter.Source.Task.ConfigureAwait(false);
        }
    }

    private void Abandon(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Node.List is null)
            {
                return;
            }

            _waiters.Remove(waiter.Node);
            Serve();
        }

        waiter.Source.TrySetCanceled(cancellationToken);
    }

    private bool Fits(int capacity, int credit)
    {
        var others = _rented - credit;
        return others <= 0 || others + capacity <= Ceiling;
    }

    private void Serve()
    {
        // The first that must wait holds back all that bring nothing in exchange; those who bring something may still pass.
        var blocked = false;
        for (var node = _waiters.First; node is not null;)
        {
            var next = node.Next;
            var waiter = node.Value;
            if ((waiter.Credit > 0 || !blocked) && Fits(waiter.Capacity, waiter.Credit))
            {
                _waiters.Remove(node);
                waiter.Source.SetResult(Take(waiter.Capacity));
            }
            else
            {
                blocked |= waiter.Credit == 0;
            }

            node = next;
        }
    }

    private PooledBuffer Take(int capacity)
    {
        _rented += capacity;
        var index = Array.IndexOf(Classes, capacity);
        if (index >= 0 && _idle[index].TryPop(out var array))
        {
            _kept -= capacity;
            return new PooledBuffer(this, array);
        }

        for (var other = Classes.Length - 1; other >= 0 && _rented + _kept > Ceiling; other--)
        {
            while (_rented + _kept > Ceiling && _idle[other].TryPop(out var dropped))
            {
                _kept -= dropped.Length;
            }
        }

        return new PooledBuffer(this, GC.AllocateUninitializedArray<byte>(capacity));
    }

    private sealed class Waiter
    {
        public Waiter(int capacity, int credit)
        {
            Capacity = capacity;
            Credit = credit;
            Node = new LinkedListNode<Waiter>(this);
        }

        public int Capacity { get; }

        public int Credit { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource<PooledBuffer> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
