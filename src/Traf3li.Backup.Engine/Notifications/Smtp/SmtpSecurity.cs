namespace Traf3li.Backup.Engine.Notifications.Smtp;

/// <summary>How a connection to an SMTP server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>It begins in the clear and must be encrypted before anything else is sent (RFC 3207).</summary>
    StartTls,

    /// <summary>It is encrypted from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>It is not. No password is sent over it, except to this machine.</summary>
    None,
}
