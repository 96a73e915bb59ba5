using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Calls a bucket: with retries, with a limit of time on each attempt, and with errors that have a meaning.</summary>
internal sealed class S3Client : IDisposable
{
    private const long SlowestBytesPerSecond = 64 << 10;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private readonly AmazonS3Client _client;
    private readonly RetryPolicy _retries;
    private readonly TimeProvider _time;
    private readonly string _host;
    private volatile bool _hasAnswered;

    /// <summary>Prepares the calls; none is made.</summary>
    public S3Client(S3Destination destination, AmazonS3Client client, RetryOptions retries, IEngineReporter reporter, TimeProvider time)
    {
        Destination = destination;
        _client = client;
        _time = time;
        Reporter = reporter;
        _host = destination.Endpoint?.Authority ?? "Amazon S3";
        _retries = new RetryPolicy(retries, error => S3Errors.IsTransient(error, _hasAnswered), S3Errors.Describe, reporter, time);
    }

    /// <summary>The destination.</summary>
    public S3Destination Destination { get; }

    /// <summary>Who calls, without any secret: an access key id, a profile, or null for the machine's own role.</summary>
    public string? Login { get; init; }

    /// <summary>Where to say what is done.</summary>
    public IEngineReporter Reporter { get; }

    /// <summary>This machine's time, UTC.</summary>
    public DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>The key in the bucket of a key below the destination.</summary>
    public string FullKey(string key) => Destination.Prefix + key;

    /// <summary>Whether another client reaches its bucket by the same service and login, so that the service can copy from one to the other.</summary>
    public bool IsOfOneServiceWith(S3Client other) =>
        Login == other.Login && Destination.Endpoint?.GetLeftPart(UriPartial.Authority) == other.Destination.Endpoint?.GetLeftPart(UriPartial.Authority);

    /// <summary>Makes one call, again after transient errors.</summary>
    /// <param name="action">The S3 action, such as <c>s3:PutObject</c>.</param>
    /// <param name="key">The key below the destination; null when the action is on the bucket.</param>
    /// <param name="bytes">How many bytes the call carries: they lengthen the time that an attempt may take.</param>
    /// <param name="call">One attempt.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<T> CallAsync<T>(string action, string? key, long bytes, Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var resource = key is null ? Destination.Bucket : $"{Destination.Bucket}/{FullKey(key)}";
        var limit = AnswerTimeout + TimeSpan.FromSeconds((double)bytes / SlowestBytesPerSecond);
        try
        {
            return await _retries.RunAsync($"{action} on {resource}", token => AttemptAsync(limit, call, token), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error) when (_hasAnswered)
        {
            throw new OperationTimedOutException(
                FormattableString.Invariant($"{action} on {resource} ({bytes} bytes)"),
                FormattableString.Invariant($"{limit.TotalSeconds:0} s, at each attempt"),
                "Run it again; when it stays slow, look at the load of the store and at the network to it.",
                error);
        }
        catch (Exception error) when (error is not (BackupException or OperationCanceledException))
        {
            throw S3Errors.Map(action, resource, key, Destination.DisplayName, _host, error);
        }
    }

    /// <summary>What an error on one object means that came within an answer on many.</summary>
    public BackupException Explain(string action, string key, Exception error) =>
        S3Errors.Map(action, $"{Destination.Bucket}/{FullKey(key)}", key, Destination.DisplayName, _host, error);

    /// <summary>The headers of an object; null when there is none.</summary>
    public Task<GetObjectMetadataResponse?> HeadAsync(string key, CancellationToken cancellationToken) =>
        CallAsync("s3:GetObject", key, 0, (s3, token) => s3.TryHeadAsync(this, key, token), cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<T> AttemptAsync<T>(TimeSpan limit, Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var result = await call(_client, both.Token).ConfigureAwait(false);
            _hasAnswered = true;
            return result;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the store did not answer in time.", error);
        }
        catch (Amazon.Runtime.AmazonServiceException error) when (S3Errors.IsAnswer(error))
        {
            _hasAnswered = true;
            throw;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The SDK wraps some cancellations of its transport.
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
