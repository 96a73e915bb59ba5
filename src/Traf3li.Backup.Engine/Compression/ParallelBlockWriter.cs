using System.Threading.Channels;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Compresses blocks on several workers and hands them to one sink in the order in which they were written. At most two blocks a worker
/// are under way; then <see cref="WriteAsync" /> waits. The first failure, in the sink, a worker or by cancellation, stops everything and
/// comes out of every call.
/// </summary>
internal sealed class ParallelBlockWriter : IAsyncDisposable
{
    private readonly BufferPool _pool;
    private readonly Func<CompressedBlock, CancellationToken, ValueTask> _sink;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly SemaphoreSlim _room;
    private readonly Channel<Job> _work = Channel.CreateUnbounded<Job>();
    private readonly Channel<Job> _order = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<BlockManifest> _blocks = [];
    private readonly object _gate = new();
    private readonly Task _running;
    private Exception? _failure;
    private bool _completed;

    /// <summary>Starts the workers.</summary>
    /// <param name="method">How blocks are compressed.</param>
    /// <param name="level">The level; null: the method's own.</param>
    /// <param name="workers">How many blocks are compressed at a time.</param>
    /// <param name="pool">Where compressed blocks are put.</param>
    /// <param name="sink">Takes the blocks in order, one at a time.</param>
    /// <param name="cancellationToken">Stops everything.</param>
    public ParallelBlockWriter(
        CompressionMethod method,
        int? level,
        int workers,
        BufferPool pool,
        Func<CompressedBlock, CancellationToken, ValueTask> sink,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        var compressors = Enumerable.Range(0, workers).Select(_ => BlockCompression.Create(method, level)).ToArray();
        _pool = pool;
        _sink = sink;
        _caller = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _room = new SemaphoreSlim(2 * workers);
        _running = Task.WhenAll([Task.Run(StoreAsync, CancellationToken.None), .. compressors.Select(compressor => Task.Run(() => CompressAsync(compressor), CancellationToken.None))]);
    }

    /// <summary>
    /// Takes a block, which the writer owns from now on, also when this fails. Several producers may call it at once; blocks are stored in the
    /// order in which the calls are let through.
    /// </summary>
    /// <param name="block">The plain bytes (<see cref="PooledBuffer.Used" />).</param>
    /// <param name="namespaceIndex">What the manifest records as the block's namespace.</param>
    /// <param name="onWorker">Runs on the worker with the plain bytes before they are compressed; null: nothing.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public async ValueTask WriteAsync(PooledBuffer block, int namespaceIndex, Action<ReadOnlyMemory<byte>>? onWorker, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
            await _room.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            block.Dispose();
            ThrowIfFailed();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        var job = new Job(block, namespaceIndex, onWorker);
        lock (_gate)
        {
            if (_failure is null && !_completed && _order.Writer.TryWrite(job) && _work.Writer.TryWrite(job))
            {
                return;
            }
        }

        block.Dispose();
        ThrowIfFailed();
        throw new InvalidOperationException("The writer has been completed.");
    }

    /// <summary>Waits until every block is in the sink and gives their records in stored order.</summary>
    public async Task<IReadOnlyList<BlockManifest>> CompleteAsync()
    {
        Finish();
        await _running.ConfigureAwait(false);
        ThrowIfFailed();
        return _blocks;
    }

    /// <summary>Stops what is still under way and waits until nothing of it runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
        {
            Fail(new OperationCanceledException("The writer was disposed before it was complete."));
        }

        Finish();
        await _running.ConfigureAwait(false);
        _room.Dispose();
        _stop.Dispose();
    }

    private void Finish()
    {
        lock (_gate)
        {
            _completed = true;
            _work.Writer.TryComplete();
            _order.Writer.TryComplete();
        }
    }

    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _failure ??= error is OperationCanceledException && _caller.IsCancellationRequested ? new OperationCanceledException(_caller) : error;
        }

        _stop.Cancel();
        Finish();
    }

    private void ThrowIfFailed()
    {
        _caller.ThrowIfCancellationRequested();
        if (_failure is { } error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }

    private async Task CompressAsync(IBlockCompressor compressor)
    {
        using (compressor)
        {
            await foreach (var job in _work.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                PooledBuffer? stored = null;
                try
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    job.OnWorker?.Invoke(job.Plain.Used);
                    job.Size = job.Plain.Length;
                    stored = compressor.Compress(job.Plain, _pool, _stop.Token);
                }
                catch (Exception error)
                {
                    Fail(error);
                }

                if (stored != job.Plain)
                {
                    job.Plain.Dispose();
                }

                job.Result.SetResult(stored);
            }
        }
    }

    private async Task StoreAsync()
    {
        long offset = 0;
        await using var registration = _stop.Token.UnsafeRegister(_ => Fail(new OperationCanceledException(_stop.Token)), null).ConfigureAwait(false);
        await foreach (var job in _order.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            using var stored = await job.Result.Task.ConfigureAwait(false);
            try
            {
                if (stored is not null && _failure is null)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    var record = new BlockManifest { NamespaceIndex = job.NamespaceIndex, Offset = offset, StoredSize = stored.Length, Size = job.Size };
                    await _sink(new CompressedBlock(record, stored.Used), _stop.Token).ConfigureAwait(false);
                    offset += stored.Length;
                    _blocks.Add(record);
                }
            }
            catch (Exception error)
            {
                Fail(error);
            }
            finally
            {
                _room.Release();
            }
        }
    }

    private sealed class Job(PooledBuffer plain, int namespaceIndex, Action<ReadOnlyMemory<byte>>? onWorker)
    {
        public PooledBuffer Plain { get; } = plain;

        public int NamespaceIndex { get; } = namespaceIndex;

        public Action<ReadOnlyMemory<byte>>? OnWorker { get; } = onWorker;

        public int Size { get; set; }

        public TaskCompletionSource<PooledBuffer?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
