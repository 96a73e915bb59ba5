using System.Net.Sockets;
using System.Security.Authentication;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>Turns the driver's exceptions into errors that a user can mend. The numbers are the server's own (mongo/src/mongo/base/error_codes.yml).</summary>
internal static class MongoErrors
{
    public const int BadValue = 2;
    public const int FailedToParse = 9;
    public const int Unauthorized = 13;
    public const int AuthenticationFailed = 18;
    public const int InvalidBson = 22;
    public const int NamespaceNotFound = 26;
    public const int CursorNotFound = 43;
    public const int NamespaceExists = 48;
    public const int InvalidOptions = 72;
    public const int CommandNotSupported = 115;
    public const int CappedPositionLost = 136;
    public const int InvalidPipelineOperator = 168;
    public const int QueryPlanKilled = 175;
    public const int KeyNotFound = 211;
    public const int CursorKilled = 237;
    public const int NotImplemented = 238;
    public const int NonConformantBson = 378;
    public const int ObjectTooLarge = 10334;
    public const int UnknownField = 40415;
    public const int OutOfDiskSpace = 14031;
    public const int DuplicateKey = 11000;

    /// <summary>
    /// The error to throw instead of <paramref name="exception" />; null when it is not the driver's (cancellation, an error of ours, a bug).
    /// </summary>
    /// <param name="exception">What happened.</param>
    /// <param name="host">The server.</param>
    /// <param name="action">The command.</param>
    /// <param name="resource">What it was about.</param>
    /// <param name="socketTimeout">The connection's <c>socketTimeoutMS</c>.</param>
    public static BackupException? Translate(Exception exception, string host, string action, string resource, TimeSpan socketTimeout) => exception switch
    {
        BackupException or OperationCanceledException => null,
        MongoAuthenticationException => new AuthenticationFailedException(host, Reason(exception), exception),
        MongoCommandException { Code: AuthenticationFailed } => new AuthenticationFailedException(host, Reason(exception), exception),
        MongoCommandException { Code: Unauthorized } => new NotAuthorizedException(action, resource, WithoutCommand(Reason(exception)), exception),
        MongoCommandException { Code: OutOfDiskSpace } => new DiskFullException($"{host} {resource}", Reason(exception), exception),
        MongoExecutionTimeoutException => new OperationTimedOutException(
            $"{action} on {resource}",
            "the server allows (maxTimeMS)",
            "Raise the server's defaultMaxTimeMS, exempt this user from it, or look at the load of the server.",
            exception),
        MongoIncompatibleDriverException => new ServerUnsupportedException(host, Reason(exception), exception),
        MongoConfigurationException => new ConfigurationInvalidException(
            "MONGODB_URI", Reason(exception), "Check the options of the connection string.", exception),
        MongoConnectionException when Find<AuthenticationException>(exception) is { } tls => new TlsFailedException(host, Reason(tls), exception),
        MongoConnectionException when IsSocketTimeout(exception) => new OperationTimedOutException(
            $"{action} on {resource}",
            FormattableString.Invariant($"{socketTimeout.TotalMilliseconds:0} ms at each attempt (socketTimeoutMS of the connection string)"),
            "Raise socketTimeoutMS or leave it out; without it the server may take as long as it needs.",
            exception),
        MongoConnectionException => new ServerUnreachableException(host, Reason(Deepest(exception)), exception),
        TimeoutException => TranslateSelection(exception, host),
        MongoException => new ServerFailedException(action, resource, Reason(exception), exception),
        _ => null,
    };

    /// <summary>
    /// Whether the same call may succeed when made again: an election, a dropped connection, a server that does not answer, a cursor that it
    /// closed because nothing was asked for long.
    /// </summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        MongoAuthenticationException => false,
        MongoConnectionException or MongoNotPrimaryException or MongoNodeIsRecoveringException => Find<AuthenticationException>(exception) is null,
        MongoCommandException { Code: CursorNotFound or CursorKilled } => true,
        TimeoutException => true,
        MongoException failure => failure.HasErrorLabel("RetryableWriteError") || failure.HasErrorLabel("TransientTransactionError"),
        _ => false,
    };

    /// <summary>Whether a server that only speaks the protocol may not know a field of the command.</summary>
    public static bool RefusesField(MongoCommandException exception) =>
        exception.Code is BadValue or FailedToParse or InvalidOptions or CommandNotSupported or NotImplemented or UnknownField;

    /// <summary>What is said of an error that is tried again. It holds no secret.</summary>
    public static string Describe(Exception exception) => exception is TimeoutException ? "no suitable server answered in time" : Reason(exception);

    // The driver waits for a suitable server and then throws TimeoutException whose text holds the last failure of each server;
    // the failure itself is not attached, so it is told by the words of its type.
    private static BackupException TranslateSelection(Exception exception, string host)
    {
        var text = exception.Message;
        if (text.Contains("AuthenticationException", StringComparison.Ordinal) && !text.Contains("MongoAuthenticationException", StringComparison.Ordinal))
        {
            return new TlsFailedException(host, FirstLine(text, "System.Security.Authentication.AuthenticationException"), exception);
        }

        if (text.Contains("MongoAuthenticationException", StringComparison.Ordinal))
        {
            return new AuthenticationFailedException(host, FirstLine(text, "MongoDB.Driver.MongoAuthenticationException"), exception);
        }

        if (text.Contains("System.Net.Security.SslStream", StringComparison.Ordinal))
        {
            return new TlsFailedException(host, "the server ended the TLS handshake, as one without TLS does.", exception);
        }

        if (text.Contains("System.IO.EndOfStreamException", StringComparison.Ordinal))
        {
            return new ServerUnreachableException(host, "it closed the connection without an answer, as one that requires TLS does (tls=true).", exception);
        }

        return text.Contains("SocketException", StringComparison.Ordinal)
            ? new ServerUnreachableException(host, FirstLine(text, "SocketException"), exception)
            : new ServerUnreachableException(host, "no suitable server answered in time.", exception);
    }

    // The driver has one type for a connection that does not open and for an answer that does not come; its words tell them apart.
    private static bool IsSocketTimeout(Exception exception) =>
        !exception.Message.Contains("opening a connection", StringComparison.Ordinal)
        && (Find<TimeoutException>(exception) is not null || Find<SocketException>(exception) is { SocketErrorCode: SocketError.TimedOut });

    private static string FirstLine(string text, string marker)
    {
        var start = text.LastIndexOf(marker, StringComparison.Ordinal);
        var line = start < 0 ? text : text[start..];
        line = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('\n', '\r')[0];
        var end = line.IndexOf(" ---> ", StringComparison.Ordinal);
        return SecretRedactor.Redact((end < 0 ? line : line[..end]).Trim());
    }

    // The server repeats the whole command, documents and all, behind these words.
    private static string WithoutCommand(string reason)
    {
        var end = reason.IndexOf(" to execute command", StringComparison.Ordinal);
        return end < 0 ? reason : reason[..end] + ".";
    }

    private static string Reason(Exception exception) => SecretRedactor.Redact(exception.Message);

    private static Exception Deepest(Exception exception) => exception is SocketException || exception.InnerException is null ? exception : Deepest(exception.InnerException);

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
