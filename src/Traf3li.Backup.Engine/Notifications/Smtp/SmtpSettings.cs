using System.Net;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Notifications.Smtp;

/// <summary>How an SMTP server is reached.</summary>
internal sealed record SmtpSettings
{
    // Submission (RFC 6409), submission over TLS (RFC 8314), plain SMTP (RFC 5321).
    private const int SubmissionPort = 587;
    private const int TlsPort = 465;
    private const int PlainPort = 25;

    /// <summary>Its name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port.</summary>
    public required int Port { get; init; }

    /// <summary>How the connection is encrypted.</summary>
    public required SmtpSecurity Security { get; init; }

    /// <summary>The user to log in as; null: no login.</summary>
    public string? User { get; init; }

    /// <summary>The password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The authorities that may vouch for it, a PEM file; null: the machine's own.</summary>
    public string? CaFile { get; init; }

    /// <summary>The server that is set; null when none is.</summary>
    /// <exception cref="ConfigurationInvalidException">A setting of it is wrong, or a password would be sent in the clear.</exception>
    public static SmtpSettings? From(EngineSettings settings)
    {
        if (settings.Find(KnownSettings.SmtpHost) is not { } host)
        {
            return null;
        }

        int? port = settings.IsSet(KnownSettings.SmtpPort) ? settings.Require(KnownSettings.SmtpPort) : null;
        var security = settings.IsSet(KnownSettings.SmtpSecurity) ? settings.Require(KnownSettings.SmtpSecurity)
            : port == TlsPort ? SmtpSecurity.Tls : SmtpSecurity.StartTls;
        var user = settings.Find(KnownSettings.SmtpUser);
        if (user is not null && security == SmtpSecurity.None && !IsThisMachine(host))
        {
            throw new ConfigurationInvalidException(
                KnownSettings.SmtpSecurity.Name, "with None the password would be sent in the clear.", $"Set it to StartTls or Tls, or leave {KnownSettings.SmtpUser} out.");
        }

        return new SmtpSettings
        {
            Host = host,
            Security = security,
            Port = port ?? security switch { SmtpSecurity.Tls => TlsPort, SmtpSecurity.None => PlainPort, _ => SubmissionPort },
            User = user,
            Password = user is null ? "" : settings.Require(KnownSettings.SmtpPassword),
            CaFile = settings.Find(KnownSettings.SmtpCaFile),
        };
    }

    /// <summary>The host only: members may hold secrets.</summary>
    public override string ToString() => Host;

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
