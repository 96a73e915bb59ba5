using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Copies backups from one store to another, some of them side by side.</summary>
internal sealed class CopyPipeline(IObjectStore source, IObjectStore target, IEngineReporter reporter, TimeProvider time)
{
    private const int CopiesAtOnce = 2;

    /// <summary>Copies them in the order given and emits each when it is done. A failure of one is in its result.</summary>
    /// <param name="options">The keys, and how they are copied.</param>
    /// <param name="cancellationToken">Stops it, and removes what is half done.</param>
    public async IAsyncEnumerable<CopyResult> RunAsync(CopyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PrepareAsync(target, cancellationToken).ConfigureAwait(false);
        await StaleUploads.RemoveAsync(target, reporter, BackupClock.Now(time), cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var progress = new OperationProgress(reporter, time, $"Copying {Name(options)} to {target.DisplayName}", options.ExpectedSize);
        var results = Channel.CreateUnbounded<CopyResult>();
        var work = RunAllAsync(options, progress, results.Writer, stop.Token);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }

            await work.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Checks that a destination can be written. A folder that is not there yet is made, by an upload that is given up at once.</summary>
    public static async Task PrepareAsync(IObjectStore target, CancellationToken cancellationToken)
    {
        await target.CheckAccessAsync(write: true, cancellationToken).ConfigureAwait(false);
        var upload = await target.BeginUploadAsync(BackupKey.Root + ".traf3li-copy", new UploadOptions(), cancellationToken).ConfigureAwait(false);
        await upload.DisposeAsync().ConfigureAwait(false);
    }

    private static string Name(CopyOptions options) => options.Key.Count == 1 ? options.Key[0] : $"{options.Key.Count} backups";

    private async Task RunAllAsync(CopyOptions options, OperationProgress progress, ChannelWriter<CopyResult> results, CancellationToken cancellationToken)
    {
        try
        {
            var rate = options.RateLimit is { } limit ? new RateLimiter(limit, time) : null;
            var copier = new BackupCopier(source, target, options, new ObjectCopier(source, target, options, rate, reporter), reporter, time);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThrottleLimit ?? CopiesAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(options.Key, parallel, async (key, token) => results.TryWrite(await CopyOneAsync(copier, key, progress, token).ConfigureAwait(false))).ConfigureAwait(false);
        }
        finally
        {
            results.Complete();
        }
    }

    private async Task<CopyResult> CopyOneAsync(BackupCopier copier, string key, OperationProgress progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            return await copier.CopyAsync(key, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException exception) when (!ConcernsAll(exception))
        {
            return Failed(key, source.DisplayName, target.DisplayName, exception, time.GetElapsedTime(started));
        }
    }

    /// <summary>What is told of a copy that could not be made.</summary>
    public static CopyResult Failed(string key, string? from, string to, BackupException exception, TimeSpan duration) => new()
    {
        Key = key,
        Destination = to,
        From = from,
        Status = CopyStatus.Failed,
        Duration = duration,
        ErrorId = exception.ErrorId,
        Error = exception.Message,
        Recommendation = exception.Recommendation,
        Failure = exception,
    };

    // No other backup could be copied either.
    private static bool ConcernsAll(BackupException exception) => exception is
        StoreUnreachableException or StoreNotFoundException or StoreRegionException or StoreAccessDeniedException or ClockSkewException or
        TlsFailedException or ConfigurationInvalidException or DiskFullException;
}
