using System.Security.Cryptography;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Copies one object: by the service itself where it can, else as a stream through two buffers, one of which is filled while the other is
/// written. What does not have the recorded SHA-256 never gets its name.
/// </summary>
internal sealed class ObjectCopier(IObjectStore source, IObjectStore target, CopyOptions options, RateLimiter? rate, IEngineReporter reporter)
{
    private const int BufferSize = 1 << 20;
    private static readonly UploadOptions OnlyIfAbsent = new() { OnlyIfAbsent = true };

    /// <summary>Copies an object whose key is free.</summary>
    /// <param name="item">The object.</param>
    /// <param name="progress">Told of the bytes.</param>
    /// <param name="completed">Called as soon as the object has its name, which is before it is verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ChecksumMismatchException">The source, or what arrived, has another SHA-256 than was recorded.</exception>
    /// <exception cref="ObjectExistsException">The key was taken meanwhile.</exception>
    public async Task<(CopyMethod Method, bool IsReadBack)> CopyAsync(CopyObject item, OperationProgress.Part progress, Action completed, CancellationToken cancellationToken)
    {
        // A service that copies by itself does not let itself be slowed down.
        var copied = rate is null ? await target.TryCopyAsync(source, item.Key, OnlyIfAbsent, bytes => progress.Add(0, bytes), cancellationToken).ConfigureAwait(false) : null;
        if (copied is not null)
        {
            completed();
            var isRead = options.Verify ?? true;
            if (isRead)
            {
                var expected = item.Sha256 ?? await StoredObjectReader.HashAsync(source, item.Key, cancellationToken).ConfigureAwait(false);
                await StoredObjectReader.VerifyAsync(target, item.Key, expected, cancellationToken).ConfigureAwait(false);
            }

            return (CopyMethod.ServerSide, isRead);
        }

        var sha256 = await StreamAsync(item, progress, completed, cancellationToken).ConfigureAwait(false);
        var readsBack = options.Verify ?? target.ReadsBackByDefault;
        if (readsBack)
        {
            reporter.Verbose($"Reading {item.Key} back from {target.DisplayName}.");
            await StoredObjectReader.VerifyAsync(target, item.Key, sha256, cancellationToken).ConfigureAwait(false);
        }

        return (CopyMethod.Stream, readsBack);
    }

    private async Task<string> StreamAsync(CopyObject item, OperationProgress.Part progress, Action completed, CancellationToken cancellationToken)
    {
        var opened = await source.OpenReadAsync(item.Key, 0, length: null, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            var upload = await target.BeginUploadAsync(item.Key, OnlyIfAbsent, cancellationToken).ConfigureAwait(false);
            await using (upload.ConfigureAwait(false))
            {
                var (size, sha256) = await PumpAsync(opened, upload, progress, cancellationToken).ConfigureAwait(false);
                if (item.Sha256 is { } recorded && !string.Equals(sha256, recorded, StringComparison.OrdinalIgnoreCase))
                {
                    throw new ChecksumMismatchException(item.Key, recorded, sha256, destination: source.DisplayName);
                }

                var stored = await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
                completed();
                return stored.Size == size
                    ? sha256
                    : throw new ChecksumMismatchException(item.Key, $"of {size} bytes", $"of {stored.Size} bytes", destination: target.DisplayName);
            }
        }
    }

    private async Task<(long Size, string Sha256)> PumpAsync(Stream input, IObjectUpload upload, OperationProgress.Part progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (filling, writing) = (new byte[BufferSize], new byte[BufferSize]);
        var write = Task.CompletedTask;
        var size = 0L;
        try
        {
            int count;
            while ((count = await FillAsync(input, filling, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(filling, 0, count);
                size += count;
                await write.ConfigureAwait(false);
                (filling, writing) = (writing, filling);
                write = upload.WriteAsync(writing.AsMemory(0, count), cancellationToken).AsTask();
                progress.Add(0, count);
            }

            await write.ConfigureAwait(false);
        }
        finally
        {
            // The upload must not be closed while something is still written to it.
            await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (size, Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant());
    }

    private async Task<int> FillAsync(Stream input, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        int read;
        while (filled < buffer.Length && (read = await input.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0)
        {
            filled += read;
            if (rate is not null)
            {
                await rate.WaitAsync(read, cancellationToken).ConfigureAwait(false);
            }
        }

        return filled;
    }
}
