using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Reads blocks of a stored object: one ranged read for each run of neighbours, decompression on several workers, results in the list's order
/// or, when asked, as they come. At most two blocks a worker are ahead of the consumer.
/// </summary>
internal sealed class ParallelBlockReader
{
    /// <summary>The largest block that is believed, plain or compressed: 64 MiB. Our own hold 4 MiB or one document.</summary>
    public const int MaxBlockSize = 64 << 20;

    private readonly string _name;
    private readonly CompressionMethod _method;
    private readonly IReadOnlyList<BlockManifest> _blocks;
    private readonly Func<long, long, CancellationToken, Task<Stream>> _open;
    private readonly BufferPool _pool;
    private readonly int _workers;
    private readonly bool _ordered;

    /// <summary>Describes what to read; nothing is read yet.</summary>
    /// <param name="name">The object's key, for messages.</param>
    /// <param name="method">How its blocks are compressed.</param>
    /// <param name="blocks">The blocks wanted, all or some, in the order wanted.</param>
    /// <param name="open">Opens a range of the stored object: offset, length.</param>
    /// <param name="pool">Where blocks are put.</param>
    /// <param name="workers">How many are decompressed at a time.</param>
    /// <param name="ordered">Whether results keep the order of <paramref name="blocks" />.</param>
    /// <exception cref="ManifestCorruptException">A block has a size that none can have.</exception>
    public ParallelBlockReader(
        string name,
        CompressionMethod method,
        IReadOnlyList<BlockManifest> blocks,
        Func<long, long, CancellationToken, Task<Stream>> open,
        BufferPool pool,
        int workers,
        bool ordered = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        foreach (var block in blocks)
        {
            if (block.Offset < 0 || block.StoredSize is < 0 or > MaxBlockSize || block.Size is < 0 or > MaxBlockSize)
            {
                throw new ManifestCorruptException(name, $"a block at {block.Offset} has {block.StoredSize} bytes stored and {block.Size} bytes plain.");
            }
        }

        _name = name;
        _method = method;
        _blocks = blocks;
        _open = open;
        _pool = pool;
        _workers = workers;
        _ordered = ordered;
    }

    /// <summary>Reads the blocks, each of which the caller disposes. Leaving the loop stops the rest.</summary>
    /// <exception cref="ArchiveCorruptException">The object ends too soon or a block is damaged.</exception>
    public async IAsyncEnumerable<PlainBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var room = new SemaphoreSlim(2 * _workers);
        var work = Channel.CreateUnbounded<Job>();
        var results = Channel.CreateUnbounded<Task<PlainBlock>>();
        var running = Task.WhenAll([
            Task.Run(() => FetchAsync(room, work.Writer, results.Writer, stop.Token), CancellationToken.None),
            .. Enumerable.Range(0, _workers).Select(_ => Task.Run(() => DecompressAsync(work.Reader, results.Writer, stop.Token), CancellationToken.None)),
        ]);
        if (!_ordered)
        {
            // Only when the last worker has ended is there nothing more to come.
            _ = running.ContinueWith(_ => results.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        var given = 0;
        try
        {
            while (given < _blocks.Count)
            {
                var next = await results.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var block = await next.ConfigureAwait(false);
                given++;
                room.Release();
                yield return block;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
            while (results.Reader.TryRead(out var left))
            {
                if (left.IsCompletedSuccessfully)
                {
                    (await left.ConfigureAwait(false)).Dispose();
                }
            }
        }
    }

    private async Task FetchAsync(SemaphoreSlim room, ChannelWriter<Job> work, ChannelWriter<Task<PlainBlock>> results, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var range in BlockRange.Merge(_blocks))
            {
                var stream = await _open(range.Offset, range.Length, cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    for (var index = range.First; index < range.First + range.Count; index++)
                    {
                        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                        var job = new Job(index, await FetchBlockAsync(stream, _blocks[index], cancellationToken).ConfigureAwait(false));
                        if (_ordered)
                        {
                            results.TryWrite(job.Result.Task);
                        }

                        work.TryWrite(job);
                    }
                }
            }
        }
        catch (Exception error)
        {
            results.TryWrite(Task.FromException<PlainBlock>(error));
        }
        finally
        {
            work.TryComplete();
        }
    }

    private async Task<PooledBuffer> FetchBlockAsync(Stream stream, BlockManifest block, CancellationToken cancellationToken)
    {
        var stored = await _pool.RentAsync(block.StoredSize, cancellationToken).ConfigureAwait(false);
        try
        {
            stored.Length = await stream.ReadAtLeastAsync(stored.Memory[..block.StoredSize], block.StoredSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return stored.Length == block.StoredSize
                ? stored
                : throw new ArchiveCorruptException(_name, block.Offset + stored.Length, $"it ends inside the block at {block.Offset}.");
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    private async Task DecompressAsync(ChannelReader<Job> work, ChannelWriter<Task<PlainBlock>> results, CancellationToken cancellationToken)
    {
        await foreach (var job in work.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                job.Result.SetResult(Decompress(job));
            }
            catch (Exception error)
            {
                job.Result.SetException(error);
            }
            finally
            {
                job.Stored.Dispose();
            }

            if (!_ordered)
            {
                results.TryWrite(job.Result.Task);
            }
        }
    }

    private PlainBlock Decompress(Job job)
    {
        var block = _blocks[job.Index];
        var plain = _pool.Rent(block.Size);
        try
        {
            plain.Length = block.Size;
            BlockDecompressor.Decompress(_method, job.Stored.Used.Span, plain.Memory.Span[..block.Size]);
            return new PlainBlock(job.Index, block, plain);
        }
        catch (InvalidDataException error)
        {
            plain.Dispose();
            throw new ArchiveCorruptException(_name, block.Offset, $"the compressed block that begins there cannot be read: {error.Message}", error);
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    private sealed record Job(int Index, PooledBuffer Stored)
    {
        public TaskCompletionSource<PlainBlock> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
