using System.Globalization;
using System.Net;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Understands the URLs of Redis servers.</summary>
/// <remarks>
/// <code>
/// redis://[user[:password]@]host[:6379][/db][?options]           rediss:// with TLS
/// redis+unix://[user[:password]@]/path[?db=0&amp;options]            also unix://
/// redis+sentinel://[user[:password]@]host[:26379][,host…]/master[/db][?options]    rediss+sentinel:// with TLS
/// </code>
/// Options: <c>ca</c>, <c>cert</c>, <c>key</c>, <c>serverName</c>, <c>allowInvalidCertificate</c> (TLS); <c>db</c>; <c>preferReplica</c>;
/// <c>sentinelUser</c>, <c>sentinelPassword</c>. User and password are those of the servers, also with Sentinels.
/// </remarks>
internal static class RedisUri
{
    private const int ServerPort = 6379;
    private const int SentinelPort = 26379;
    private const string Known = "ca, cert, key, serverName, allowInvalidCertificate, db, preferReplica, sentinelUser, sentinelPassword";

    /// <summary>Parses a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="credential">User and password that replace its own; null keeps them.</param>
    /// <param name="setting">Where the URL came from, for errors.</param>
    /// <exception cref="ConfigurationInvalidException">It is wrong; the message names the part, without any secret.</exception>
    public static RedisTarget Parse(string text, NetworkCredential? credential = null, string setting = "REDIS_URL")
    {
        try
        {
            var target = Parse(text.Trim()).WithCredential(credential);
            return target.UserName is null || target.Password is not null
                ? target
                : throw new FormatException("it names a user without a password; write redis://user:password@host, redis://:password@host for the default user, or give both as a credential");
        }
        catch (FormatException exception)
        {
            throw new ConfigurationInvalidException(
                setting,
                $"the Redis URL cannot be used: {exception.Message}.",
                "Write it as redis://user:password@host:6379/0, rediss:// for TLS, redis+unix:///path, or redis+sentinel://host:26379,host:26379/master; characters such as @ : / ? # in a password are written %40 %3A %2F %3F %23.",
                exception);
        }
    }

    private static RedisTarget Parse(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon].ToUpperInvariant();
        var rest = colon < 0 ? "" : text[(colon + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw new FormatException("it has a fragment; # is written %23");
        }

        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var location = question < 0 ? rest : rest[..question];
        var slash = location.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? location : location[..slash];
        var path = slash < 0 ? "" : location[slash..];
        var at = authority.LastIndexOf('@');
        var hosts = authority[(at + 1)..];
        var target = scheme switch
        {
            "REDIS" or "REDISS" => Server(hosts, path),
            "REDIS+UNIX" or "UNIX" => Socket(hosts, path),
            "REDIS+SENTINEL" or "REDISS+SENTINEL" => Sentinels(hosts, path),
            _ => throw new FormatException("its scheme is none of redis, rediss, redis+unix, unix, redis+sentinel and rediss+sentinel"),
        };
        if (scheme is "REDISS" or "REDISS+SENTINEL")
        {
            target = target with { Tls = new RedisTls() };
        }

        if (at >= 0)
        {
            target = WithUser(target, authority[..at]);
        }

        return question < 0 ? target : WithOptions(target, rest[(question + 1)..]);
    }

    private static RedisTarget Server(string hosts, string path) => hosts.Contains(',', StringComparison.Ordinal)
        ? throw new FormatException("it names several hosts, which only redis+sentinel:// does; of a cluster any one node is enough")
        : new RedisTarget { Endpoints = [Endpoint(hosts, ServerPort)], Database = path is "" or "/" ? 0 : Database(path[1..]) };

    private static RedisTarget Socket(string hosts, string path) => hosts.Length > 0 || path.Length < 2
        ? throw new FormatException("it names no absolute path of a unix socket; write redis+unix:///path")
        : new RedisTarget { Endpoints = [RedisEndpoint.Unix(Unescape("path", path))] };

    private static RedisTarget Sentinels(string hosts, string path)
    {
        var parts = path.TrimStart('/').Split('/');
        return parts[0].Length == 0 || parts.Length > 2
            ? throw new FormatException("it names no master; write redis+sentinel://host:26379/master")
            : new RedisTarget
            {
                Endpoints = [.. hosts.Split(',').Select(host => Endpoint(host, SentinelPort))],
                SentinelMaster = Unescape("master", parts[0]),
                Database = parts.Length == 1 || parts[1].Length == 0 ? 0 : Database(parts[1]),
            };
    }

    private static RedisTarget WithUser(RedisTarget target, string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Unescape("user", colon < 0 ? userInfo : userInfo[..colon]);
        return target with
        {
            UserName = user.Length == 0 ? null : user,
            Password = colon < 0 || colon == userInfo.Length - 1 ? null : Unescape("password", userInfo[(colon + 1)..]),
        };
    }

    private static RedisTarget WithOptions(RedisTarget target, string query)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var tls = target.Tls;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            var isKnown = Known.Split(", ").Contains(name, StringComparer.OrdinalIgnoreCase);
            var value = isKnown ? Unescape(name, equals < 0 ? "" : pair[(equals + 1)..]) : "";
            if (!isKnown)
            {
                // What follows an unescaped ? may be the rest of a password.
                throw new FormatException($"it has an option that is not known; known are {Known}");
            }

            if (!seen.Add(name))
            {
                throw new FormatException($"its option {name} is given twice");
            }

            var option = name.ToUpperInvariant();
            if (option is "CA" or "CERT" or "KEY" or "SERVERNAME" or "ALLOWINVALIDCERTIFICATE")
            {
                tls = WithTlsOption(tls ?? throw new FormatException($"its option {name} needs TLS, that is rediss://"), name, option, value);
                continue;
            }

            target = option switch
            {
                "DB" => target with { Database = Database(value) },
                "PREFERREPLICA" => target with { PreferReplica = Boolean(name, value) },
                "SENTINELUSER" => target with { SentinelUserName = Filled(name, value) },
                _ => target with { SentinelPassword = Filled(name, value) },
            };
        }

        return tls is { KeyFile: not null, CertificateFile: null }
            ? throw new FormatException("its option key needs the option cert")
            : target with { Tls = tls };
    }

    private static RedisTls WithTlsOption(RedisTls tls, string name, string option, string value) => option switch
    {
        "CA" => tls with { CaFile = Filled(name, value) },
        "CERT" => tls with { CertificateFile = Filled(name, value) },
        "KEY" => tls with { KeyFile = Filled(name, value) },
        "SERVERNAME" => tls with { ServerName = Filled(name, value) },
        _ => tls with { AllowInvalidCertificate = Boolean(name, value) },
    };

    private static RedisEndpoint Endpoint(string text, int defaultPort)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = text.LastIndexOf(':');
        var hasPort = colon > end;
        var host = hasPort ? text[..colon] : text;
        if (end > 0 && end == host.Length - 1)
        {
            host = host[1..^1];
        }

        // The text itself is not shown: with an unescaped / in a password it is the user and half the password.
        if (host.Length == 0 || Uri.CheckHostName(host) == UriHostNameType.Unknown || (end < 0 && host.Contains(':', StringComparison.Ordinal)))
        {
            throw new FormatException("its host is missing or no valid name or address (an IPv6 address stands in brackets)");
        }

        return !hasPort ? RedisEndpoint.Tcp(host, defaultPort)
            : ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? RedisEndpoint.Tcp(host, port)
            : throw new FormatException("its port is not a number from 1 to 65535");
    }

    private static int Database(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
        ? database
        : throw new FormatException("its database is not a number of 0 or more");

    private static bool Boolean(string name, string value)
    {
        try
        {
            return value.Length == 0 || SettingParsers.Boolean(value);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"its option {name} must be true or false", exception);
        }
    }

    private static string Filled(string name, string value) => value.Length > 0 ? value : throw new FormatException($"its option {name} is empty");

    private static string Unescape(string part, string text)
    {
        var plain = Uri.UnescapeDataString(text);
        return plain.Any(char.IsControl) ? throw new FormatException($"its {part} holds a control character") : plain;
    }
}
