using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>What the errors of an S3 store mean, and which may go away by themselves (Amazon S3 API reference, "Error responses").</summary>
internal static partial class S3Errors
{
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted", "Throttling", "ThrottlingException",
        "TooManyRequests", "RequestLimitExceeded", "ConditionalRequestConflict",
        // Bytes that changed on their way.
        "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch",
    };

    // What the SDK's CachingWrapperStream and ChecksumValidatingStream say, whose error has no type of its own.
    private const string WrongChecksum = "Expected hash not equal to calculated hash";

    /// <summary>Whether an error may go away by itself.</summary>
    /// <param name="error">The error.</param>
    /// <param name="hasAnswered">Whether the store ever answered: until then a wrong name or port is the likely reason, and waiting does not help.</param>
    public static bool IsTransient(Exception error, bool hasAnswered) => error switch
    {
        BackupException or OperationCanceledException => false,
        TimeoutException => true,
        _ when Find<AuthenticationException>(error) is not null => false,
        _ when Find<SocketException>(error) is { } socket => hasAnswered || socket.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted,
        AmazonServiceException service when IsAnswer(service) =>
            (service.ErrorCode is { } code && TransientCodes.Contains(code))
            || service.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        _ => Find<HttpRequestException>(error) is not null || Find<IOException>(error) is not null,
    };

    /// <summary>Whether the store answered with this error; else the SDK or the network made it.</summary>
    public static bool IsAnswer(AmazonServiceException error) => (int)error.StatusCode > 0;

    /// <summary>Whether the store says that it has no such object; a bucket that is missing is something else.</summary>
    public static bool IsMissingObject(AmazonServiceException error) => error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket";

    /// <summary>An error in a few words, without any secret.</summary>
    public static string Describe(Exception error) => error switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } service => $"{code}, HTTP status {(int)service.StatusCode}",
        AmazonServiceException service when IsAnswer(service) => $"HTTP status {(int)service.StatusCode}",
        TimeoutException => error.Message,
        _ when Find<SocketException>(error) is { } socket => socket.Message,
        _ when Find<AuthenticationException>(error) is { } tls => (tls.InnerException ?? tls).Message,
        _ => (error.InnerException ?? error).Message,
    };

    /// <summary>The error with its meaning.</summary>
    /// <param name="action">The S3 action, such as <c>s3:PutObject</c>.</param>
    /// <param name="resource">The bucket, and the key in it when the action is on an object.</param>
    /// <param name="key">The key below the destination; null when the action is on the bucket.</param>
    /// <param name="destination">The destination, without secrets.</param>
    /// <param name="host">The host that was called.</param>
    /// <param name="error">The error.</param>
    public static BackupException Map(string action, string resource, string? key, string destination, string host, Exception error)
    {
        if (error is BackupException known)
        {
            return known;
        }

        if (error is AmazonServiceException service && IsAnswer(service))
        {
            return MapAnswer(action, resource, key, destination, service);
        }

        if (Find<AuthenticationException>(error) is not null)
        {
            return new TlsFailedException(host, Describe(error), error);
        }

        if (Find<SocketException>(error) is not null || Find<HttpRequestException>(error) is not null || Find<IOException>(error) is not null || Find<TimeoutException>(error) is not null)
        {
            return new StoreUnreachableException(destination, Describe(error), error);
        }

        if (error is AmazonClientException && error.Message == WrongChecksum)
        {
            return new ChecksumMismatchException(key ?? resource, "the checksum that the store sent with it", "another of the bytes that came", error);
        }

        return error.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase)
            ? new StoreAccessDeniedException(action, resource, "No credentials were found: not in the environment, the .env file, a profile or the machine's role.", error)
            : new StoreFailedException(action, resource, Describe(error), error);
    }

    private static BackupException MapAnswer(string action, string resource, string? key, string destination, AmazonServiceException error) => error.ErrorCode switch
    {
        "NoSuchBucket" => new StoreNotFoundException(destination, error),
        "NoSuchKey" or "NotFound" when key is not null => new BackupNotFoundException(key, destination, error),
        "NotFound" => new StoreNotFoundException(destination, error),
        "InvalidAccessKeyId" => new StoreAccessDeniedException(action, resource, "The store does not know the access key id.", error),
        "SignatureDoesNotMatch" => new StoreAccessDeniedException(action, resource, "The secret key does not belong to the access key id.", error),
        "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" => new StoreAccessDeniedException(action, resource, "The session token is wrong or has expired.", error),
        "RequestTimeTooSkewed" => new ClockSkewException(destination, "it refused the request for its time.", error),
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => new StoreRegionException(destination, RegionOf(error), error),
        "InvalidObjectState" when StorageClassOf(error) is var storageClass => new ObjectArchivedException(key ?? resource, storageClass, ThawTimes.Describe(storageClass), innerException: error),
        "QuotaExceeded" or "XMinioStorageFull" or "XMinioAdminBucketQuotaExceeded" => new DiskFullException(resource, Describe(error), error),
        "AccessDenied" or "AllAccessDisabled" or "AccountProblem" => new StoreAccessDeniedException(action, resource, $"The store said {error.ErrorCode}: {error.Message}", error),
        _ => error.StatusCode switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => new StoreAccessDeniedException(action, resource, "The keys are wrong or lack the right.", error),
            HttpStatusCode.NotFound when key is not null => new BackupNotFoundException(key, destination, error),
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect => new StoreRegionException(destination, RegionOf(error), error),
            HttpStatusCode.PreconditionFailed when key is not null => new ObjectExistsException(key, error),
            HttpStatusCode.InsufficientStorage => new DiskFullException(resource, Describe(error), error),
            _ => new StoreFailedException(action, resource, $"{Describe(error)}: {error.Message}", error),
        },
    };

    // A header says it, HEAD included; other stores may say it in an element of the body or in the message only.
    private static string? RegionOf(AmazonServiceException error) =>
        (error.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue("x-amz-bucket-region") is { Length: > 0 } region ? region
        : RegionText().Match($"{(error as AmazonS3Exception)?.ResponseBody} {error.Message}") is { Success: true } match ? match.Groups["region"].Value : null;

    // Archived storage classes, and the tiers of S3 Intelligent-Tiering, which are archived too.
    private static string StorageClassOf(AmazonServiceException error) =>
        error is InvalidObjectStateException { AccessTier.Value: { Length: > 0 } tier } ? tier
        : error is InvalidObjectStateException { StorageClass.Value: { Length: > 0 } storageClass } ? storageClass
        : "GLACIER";

    [GeneratedRegex("(<Region>|expecting '|s3[.-])(?<region>[a-z]{2}(-[a-z]+)+-[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RegionText();

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (var current = error; current is not null; current = current.InnerException)
        {
            if (current is T found)
            {
                return found;
            }
        }

        return null;
    }
}
