using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;
using Traf3li.Backup.Engine.Verification;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Opens the RDBs of a backup of Redis, whoever wrote them: those of a destination by their manifest or without one, and files.</summary>
internal sealed class RedisBackupReader
{
    private readonly BackupManifest? _manifest;
    private readonly bool _isFile;
    private readonly IObjectStore? _store;
    private readonly BufferPool _pool;

    /// <summary>Looks what there is to read; opens nothing.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="store">Its store; null for one given by path.</param>
    /// <param name="pool">Where blocks are put.</param>
    public RedisBackupReader(BackupInfo backup, IObjectStore? store, BufferPool pool)
    {
        _manifest = backup.Manifest;
        _isFile = backup.Path is not null;
        _store = store;
        _pool = pool;
        var folder = Path.GetDirectoryName(backup.Path);
        Parts = _manifest?.Redis is { } redis
            ? [.. redis.Shard.Select((shard, index) => new RedisBackupPart(!_isFile ? shard.Key : index == 0 ? backup.Path! : Path.Join(folder, FileName(shard.Key)), shard))]
            : [new RedisBackupPart(backup.Path ?? backup.Key, Recorded: null)];
    }

    /// <summary>The RDBs: one of a plain server, one a primary of a cluster.</summary>
    public IReadOnlyList<RedisBackupPart> Parts { get; }

    /// <summary>Opens an RDB, decompressed in parallel where the manifest lists its blocks. At its end the stored bytes are compared with the manifest's SHA-256.</summary>
    /// <param name="part">Which of <see cref="Parts" />.</param>
    /// <param name="cancellationToken">Stops all reading.</param>
    /// <exception cref="ChecksumMismatchException">By the stream, at its end: the stored bytes are not those that were written.</exception>
    public async Task<Stream> OpenAsync(int part, CancellationToken cancellationToken)
    {
        var stored = new HashingStream(await OpenStoredAsync(part, cancellationToken).ConfigureAwait(false));
        try
        {
            var plain = await DecompressAsync(part, stored, cancellationToken).ConfigureAwait(false);
            return new ComparedStream(plain, stored, Parts[part]);
        }
        catch
        {
            await stored.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the bytes of an RDB as they are stored.</summary>
    public async Task<Stream> OpenStoredAsync(int part, CancellationToken cancellationToken)
    {
        var name = Parts[part].Name;
        return _isFile
            ? BackupReader.OpenFile(name, 0, length: null)
            : await (_store ?? throw new BackupNotFoundException(name, "no destination")).OpenReadAsync(name, 0, length: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decompresses an RDB.</summary>
    /// <param name="part">Which of <see cref="Parts" />.</param>
    /// <param name="stored">Its stored bytes from the first on; the caller closes it after what this returns.</param>
    /// <param name="cancellationToken">Stops all reading.</param>
    public async Task<Stream> DecompressAsync(int part, Stream stored, CancellationToken cancellationToken)
    {
        var kept = new KeptOpenStream(stored);
        if (_manifest is null)
        {
            return await DecompressingStream.OpenAsync(kept, Parts[part].Name, _pool, cancellationToken).ConfigureAwait(false);
        }

        // The blocks lie in the object one behind the other from its first byte on (ManifestRules), so one reading serves them all.
        var blocks = part == 0 ? _manifest.Block : _manifest.Redis!.Shard[part].Block;
        var reader = new ParallelBlockReader(
            Parts[part].Name, _manifest.Compression, blocks, (_, _, _) => Task.FromResult<Stream>(new KeptOpenStream(kept)), _pool, Environment.ProcessorCount);
        return new PlainBlockStream(reader.ReadAsync(cancellationToken), cancellationToken);
    }

    private static string FileName(string key) => key[(key.LastIndexOf('/') + 1)..];

    private sealed class ComparedStream(Stream plain, HashingStream stored, RedisBackupPart part) : ReadOnlyStream
    {
        private bool _compared;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await plain.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0 && buffer.Length > 0 && !_compared)
            {
                _compared = true;
                await CompareAsync(cancellationToken).ConfigureAwait(false);
            }

            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            await plain.DisposeAsync().ConfigureAwait(false);
            await stored.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }

        private async Task CompareAsync(CancellationToken cancellationToken)
        {
            // What follows the last block belongs to the object too; one byte of it is enough to make the hashes differ.
            await stored.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false);
            if (part.Recorded is { } recorded && !string.Equals(stored.GetSha256(), recorded.StoredSha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new ChecksumMismatchException(part.Name, recorded.StoredSha256, stored.GetSha256());
            }
        }
    }
}
