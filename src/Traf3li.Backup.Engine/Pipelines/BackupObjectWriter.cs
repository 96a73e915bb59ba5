using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Writes an object of a backup: blocks are compressed, hashed and uploaded, and what is stored is compared with what was sent.</summary>
internal sealed class BackupObjectWriter(IObjectStore store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Writes one object. When it fails, nothing of it is left.</summary>
    /// <param name="options">How it is compressed, and whether it is read back.</param>
    /// <param name="key">Its key, which must be free.</param>
    /// <param name="maxSize">The largest size allowed, bytes; null allows any.</param>
    /// <param name="fill">Writes every block and completes the writer.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<(T Result, WrittenObject Written)> WriteAsync<T>(
        BackupOptions options, string key, long? maxSize, Func<ParallelBlockWriter, Task<T>> fill, CancellationToken cancellationToken)
    {
        var upload = await store.BeginUploadAsync(key, new UploadOptions { OnlyIfAbsent = true }, cancellationToken).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            using var output = new StoredObjectWriter(upload, key, maxSize);
            var result = await FillAsync(options, output, fill, cancellationToken).ConfigureAwait(false);
            var sha256 = output.GetSha256();
            var stored = await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (stored.Size != output.Size)
                {
                    throw new ChecksumMismatchException(key, $"of {output.Size} bytes", $"of {stored.Size} bytes");
                }

                var readBack = options.Verify ?? store.ReadsBackByDefault;
                if (readBack)
                {
                    reporter.Verbose($"Reading {key} back.");
                    await StoredObjectReader.VerifyAsync(store, key, sha256, cancellationToken).ConfigureAwait(false);
                }

                return (result, new WrittenObject(key, stored.Size, sha256, readBack));
            }
            catch
            {
                await DeleteAsync(key).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Removes an object whose backup failed: without its manifest it would be taken for a legacy backup.</summary>
    public async Task DeleteAsync(string key)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, time);
        try
        {
            await store.DeleteAsync(key, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            reporter.Warning($"The unfinished backup {key} could not be removed; delete it by hand. {exception.Message}");
        }
    }

    private async Task<T> FillAsync<T>(
        BackupOptions options, StoredObjectWriter output, Func<ParallelBlockWriter, Task<T>> fill, CancellationToken cancellationToken)
    {
        var writer = new ParallelBlockWriter(
            options.Compression,
            options.CompressionLevel,
            Environment.ProcessorCount,
            pool,
            (block, token) => output.WriteAsync(block.Stored, token),
            cancellationToken);
        await using (writer.ConfigureAwait(false))
        {
            return await fill(writer).ConfigureAwait(false);
        }
    }
}
