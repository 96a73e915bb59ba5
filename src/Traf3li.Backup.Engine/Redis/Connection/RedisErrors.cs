using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Turns replies and lost connections into errors that a user can mend. The codes are the server's own (redis/src/server.c, createSharedObjects).</summary>
internal static class RedisErrors
{
    private const int LongestWords = 300;

    // What stands before the reason where EXEC itself is refused.
    private const string Discarded = "EXECABORT Transaction discarded because of: ";

    private static readonly string[] RefusedByService =
        ["unknown command", "not allowed", "not supported", "unsupported", "disabled", "restricted", "not permitted", "forbidden", "denied", "blocked"];

    /// <summary>
    /// Whether an error says that the server has no such command, or forbids it to everybody, as managed services and <c>rename-command</c>
    /// do. A right that only this user lacks (NOPERM) is another thing.
    /// </summary>
    public static bool IsUnknownCommand(string error) =>
        Code(error) == "ERR" && RefusedByService.Any(words => error.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an error says that this user lacks a right.</summary>
    public static bool IsMissingRight(string error) => Code(error) == "NOPERM";

    /// <summary>Whether an error says that nobody has logged in yet.</summary>
    public static bool IsLoginRequired(string error) => Code(error) == "NOAUTH";

    /// <summary>The error to throw for an error reply.</summary>
    /// <param name="error">The reply, without its minus sign.</param>
    /// <param name="node">The server.</param>
    /// <param name="command">The command with its subcommand, such as <c>CONFIG GET</c>.</param>
    public static BackupException Translate(string error, RedisNode node, string command)
    {
        var host = node.Endpoint.ToString();
        error = error.StartsWith(Discarded, StringComparison.Ordinal) ? error[Discarded.Length..] : error;
        var reason = Words(error, node);
        return Code(error) switch
        {
            "NOAUTH" => Login(host, "it wants a password, and none was given."),
            "WRONGPASS" => Login(host, reason),
            "NOPERM" => MissingRights(node, [(command, error)]),
            "DENIED" => new ServerUnreachableException(
                host, reason, recommendation: "The server is in protected mode: give it a password or an ACL user, or connect from its own machine."),
            "LOADING" => Busy(host, command, "the server is still loading its data: " + reason, "Wait until it has loaded (INFO persistence, loading:0), or read another server."),
            "MASTERDOWN" or "NOMASTERLINK" => Busy(
                host, command, "it is a replica that has no link to its primary: " + reason,
                "Wait until the replica is in step again (INFO replication, master_link_status:up), or read the primary or another replica."),
            "MISCONF" => Busy(host, command, reason, "The server cannot save: look at its log, and at INFO persistence, rdb_last_bgsave_status."),
            "OOM" => Busy(host, command, reason, "The server's memory is full: raise its maxmemory, or free memory, and run it again."),
            "READONLY" => Busy(host, command, reason, "The server is a replica, or became one: name its primary."),
            "BUSY" => Busy(host, command, reason, "A script or function runs on the server: wait for its end, or end it with SCRIPT KILL or FUNCTION KILL."),
            "MOVED" or "ASK" or "TRYAGAIN" => Busy(host, command, "slots of the cluster are moving: " + reason, "Run it again when the resharding is over (redis-cli --cluster check)."),
            "CLUSTERDOWN" => Busy(host, command, reason, "Mend the cluster first (CLUSTER INFO, redis-cli --cluster check), then run it again."),
            "ERR" when error.Contains("max number of clients", StringComparison.OrdinalIgnoreCase) => new ServerUnreachableException(
                host, reason, recommendation: "Raise maxclients of the server, or run when fewer clients are connected."),
            "ERR" when error.Contains("invalid bulk length", StringComparison.OrdinalIgnoreCase) || error.Contains("proto-max-bulk-len", StringComparison.OrdinalIgnoreCase) => Busy(
                host, command, $"a value is longer than the server takes in one piece (proto-max-bulk-len): {reason}",
                "Raise proto-max-bulk-len of the server (CONFIG SET), or give the user +config|get, so that what is too long is found before or written in shorter pieces."),
            "ERR" when command == "AUTH" => Login(host, reason),
            "ERR" when IsUnknownCommand(error) => new ServerUnsupportedException(
                host, $"it refuses {command}: {reason}", recommendation: "Use a server that allows this command, or the way out that the message names."),
            _ => new ServerFailedException(command, host, reason),
        };
    }

    /// <summary>The error to throw for a lost connection or a broken protocol; null when <paramref name="exception" /> is neither.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="node">The server.</param>
    /// <param name="hasAnswered">Whether this connection has brought an answer before.</param>
    public static BackupException? Translate(Exception exception, RedisNode node, bool hasAnswered) => exception switch
    {
        RespException { IsClosed: true } or IOException and not RespException when node.Tls is null && !hasAnswered => new ServerUnreachableException(
            node.Endpoint.ToString(), "it closed the connection without an answer, as one that requires TLS does (rediss://).", exception),
        RespException => new ServerUnreachableException(node.Endpoint.ToString(), exception.Message + ".", exception),
        IOException when node.Tls is not null && exception.InnerException is System.Security.Authentication.AuthenticationException or System.ComponentModel.Win32Exception =>
            Tls(node, SecretRedactor.Redact(exception.InnerException.Message), exception),
        IOException or System.Net.Sockets.SocketException or ObjectDisposedException => new ServerUnreachableException(
            node.Endpoint.ToString(), "the connection was lost: " + SecretRedactor.Redact((exception.InnerException ?? exception).Message), exception),
        _ => null,
    };

    /// <summary>The error for rights that the user lacks.</summary>
    /// <param name="node">The server.</param>
    /// <param name="refused">The commands with their subcommands, and what the server said to each; one at least.</param>
    public static NotAuthorizedException MissingRights(RedisNode node, IReadOnlyList<(string Command, string Error)> refused)
    {
        var commands = string.Join(", ", refused.Select(item => item.Command));
        var rights = string.Join(' ', refused.Select(item => RightFor(item.Command, item.Error)).Distinct(StringComparer.Ordinal));
        return new NotAuthorizedException(
            commands,
            node.Endpoint.ToString(),
            Words(refused[0].Error, node),
            recommendation: $"Grant the right {rights} to the user (ACL SETUSER name {rights}), or log in as one who has it.");
    }

    /// <summary>A TLS error.</summary>
    public static TlsFailedException Tls(RedisNode node, string reason, Exception exception) => new(
        node.Endpoint.ToString(),
        reason,
        exception,
        "Check ca, cert and key of the Redis URL, the name in the server's certificate and its dates; a server without TLS is redis://.");

    /// <summary>A server's own words as a sentence that can be shown: no secret, no control characters, not endless.</summary>
    public static string Words(string error, RedisNode node)
    {
        // A server that does not know AUTH repeats its arguments.
        var arguments = error.IndexOf(", with args beginning with", StringComparison.OrdinalIgnoreCase);
        var words = SecretRedactor.Redact(arguments < 0 ? error : error[..arguments]);
        if (node.Password is { Length: > 0 } password)
        {
            words = words.Replace(password, "***", StringComparison.Ordinal);
        }

        words = new string([.. words.Take(LongestWords).Select(one => char.IsControl(one) ? ' ' : one)]).TrimEnd();
        return words.EndsWith('.') ? words : words + ".";
    }

    /// <summary>A limit of time for people.</summary>
    public static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.#} s");

    // The right to a command, or to keys: "no permissions to access one of the keys used as arguments", from 7.2 on "No permissions to access a key".
    private static string RightFor(string command, string error) =>
        error.Contains("access", StringComparison.OrdinalIgnoreCase) && error.Contains("key", StringComparison.OrdinalIgnoreCase) ? "~*"
        : "+" + command.ToLowerInvariant().Replace(' ', '|');

    private static AuthenticationFailedException Login(string host, string reason) => new(
        host, reason, recommendation: "Check user and password of the Redis URL; -Credential replaces both. A password of requirepass belongs to the user default.");

    private static ServerFailedException Busy(string host, string command, string reason, string recommendation) =>
        new(command, host, reason, recommendation: recommendation);

    private static string Code(string error)
    {
        var end = error.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? error : error[..end];
    }
}
