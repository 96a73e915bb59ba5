using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// A range of an object, fetched in chunks of which some are on their way while one is read. All carry If-Match, so that they are of one
/// object; a chunk whose connection breaks goes on from the byte where it broke.
/// </summary>
internal sealed class S3ReadStream : ForwardStream
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly S3Client _client;
    private readonly ChunkPool _pool;
    private readonly S3StoreOptions _options;
    private readonly string _key;
    private readonly string _eTag;
    private readonly long _end;
    private readonly Queue<Task<(byte[] Chunk, int Length)>> _fetches = new();
    private readonly CancellationTokenSource _stop = new();
    private long _next;
    private int _ahead = 1;
    private (byte[] Chunk, int Length)? _current;
    private int _consumed;
    private bool _disposed;

    /// <summary>Prepares to read the bytes from <paramref name="start" /> up to, not including, <paramref name="end" />.</summary>
    public S3ReadStream(S3Client client, ChunkPool pool, S3StoreOptions options, string key, string eTag, long start, long end)
    {
        _client = client;
        _pool = pool;
        _options = options;
        _key = key;
        _eTag = eTag;
        _next = start;
        _end = end;
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.Length == 0)
        {
            return 0;
        }

        if (_current is null)
        {
            FetchAhead();
            if (_fetches.Count == 0)
            {
                return 0;
            }

            _current = await _fetches.Peek().WaitAsync(cancellationToken).ConfigureAwait(false);
            _ = _fetches.Dequeue();
            _consumed = 0;
            // Whoever reads only the beginning shall not pay for what lies far ahead.
            _ahead = Math.Min(_options.ParallelRanges, _ahead + 1);
            FetchAhead();
        }

        var (chunk, length) = _current.Value;
        var count = Math.Min(buffer.Length, length - _consumed);
        chunk.AsSpan(_consumed, count).CopyTo(buffer.Span);
        _consumed += count;
        if (_consumed == length)
        {
            _pool.Return(chunk);
            _current = null;
        }

        return count;
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _stop.CancelAsync().ConfigureAwait(false);
            foreach (var fetch in _fetches)
            {
                await fetch.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
                if (fetch.IsCompletedSuccessfully)
                {
                    _pool.Return((await fetch.ConfigureAwait(false)).Chunk);
                }
            }

            if (_current is { } current)
            {
                _pool.Return(current.Chunk);
            }

            _stop.Dispose();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private void FetchAhead()
    {
        while (_fetches.Count < _ahead && _next < _end)
        {
            var length = (int)Math.Min(ChunkPool.ChunkSize, _end - _next);
            _fetches.Enqueue(FetchAsync(_next, length));
            _next += length;
        }
    }

    private async Task<(byte[] Chunk, int Length)> FetchAsync(long start, int length)
    {
        var chunk = _pool.Rent();
        var filled = 0;
        try
        {
            await _client.CallAsync("s3:GetObject", _key, length, async (s3, token) =>
            {
                var request = new GetObjectRequest
                {
                    BucketName = _client.Destination.Bucket,
                    Key = _client.FullKey(_key),
                    ByteRange = new ByteRange(start + filled, start + length - 1),
                    EtagToMatch = _eTag,
                };
                using var response = await s3.GetObjectAsync(request, token).ConfigureAwait(false);
                using var stall = CancellationTokenSource.CreateLinkedTokenSource(token);
                while (filled < length)
                {
                    stall.CancelAfter(Stall);
                    var read = await response.ResponseStream.ReadAsync(chunk.AsMemory(filled, length - filled), stall.Token).ConfigureAwait(false);
                    filled += read > 0 ? read : throw new EndOfStreamException("the connection ended before the range did.");
                }

                return true;
            }, _stop.Token).ConfigureAwait(false);
            return (chunk, length);
        }
        catch (ObjectExistsException error)
        {
            _pool.Return(chunk);
            throw new StoreFailedException("s3:GetObject", _key, "the object was replaced while it was read.", error);
        }
        catch
        {
            _pool.Return(chunk);
            throw;
        }
    }
}
