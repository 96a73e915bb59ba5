using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Traf3li.Backup.Engine.Notifications.Http;

namespace Traf3li.Backup.Engine.Notifications.Smtp;

/// <summary>Says what went wrong with an SMTP server. Replies of 400 to 499 are those that may be other ones next time (RFC 5321, 4.2.1).</summary>
internal static class SmtpErrors
{
    /// <summary>Whether an exception is one of those that <see cref="Create" /> explains.</summary>
    public static bool IsKnown(Exception exception) => exception is
        CommandException or ProtocolException or AuthenticationException or SslHandshakeException or SocketException or IOException or NotSupportedException;

    /// <summary>The failure that an exception is.</summary>
    public static ChannelException Create(Exception exception, SmtpSettings settings)
    {
        var server = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}");
        return exception switch
        {
            SslHandshakeException => new ChannelException(
                $"no trusted TLS connection to {server}.",
                "Check BACKUP_SMTP_PORT and BACKUP_SMTP_SECURITY (Tls at port 465, StartTls at 587), and the server's certificate; name its authority by BACKUP_SMTP_CA_FILE.",
                exception),
            AuthenticationException => new ChannelException(
                $"{server} refused the login{Said(exception.Message)}", "Check BACKUP_SMTP_USER and BACKUP_SMTP_PASSWORD; many services want a password made for one application.", exception),
            SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } refused => Refused(
                refused, $"{server} does not take mail from {refused.Mailbox?.Address}", "Set BACKUP_NOTIFICATION_FROM to an address that this server may send from."),
            SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => Refused(
                refused, $"{server} takes mail for none of the recipients", "Check BACKUP_NOTIFICATION_EMAIL; a server that wants a login needs BACKUP_SMTP_USER."),
            SmtpCommandException refused => Refused(refused, $"{server} did not take the mail", "Look the server's answer up in its log; it may want a login (BACKUP_SMTP_USER)."),
            NotSupportedException => new ChannelException(
                $"{server} does not offer what is asked of it: {HttpFailures.Quote(exception.Message)}",
                settings.Security == SmtpSecurity.StartTls
                    ? "Set BACKUP_SMTP_SECURITY to Tls where the server speaks TLS from the first byte, or to None inside a trusted network without a login."
                    : "Leave BACKUP_SMTP_USER out, if the server wants no login.",
                exception),
            _ => new ChannelException(
                $"{server} cannot be reached or broke the connection off: {HttpFailures.Quote(exception.Message)}",
                "Check BACKUP_SMTP_HOST, BACKUP_SMTP_PORT and BACKUP_SMTP_SECURITY, and whether this network lets mail out.",
                exception)
            {
                IsTransient = true,
            },
        };
    }

    private static ChannelException Refused(SmtpCommandException exception, string reason, string recommendation) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{reason} ({(int)exception.StatusCode}){Said(exception.Message)}"), recommendation, exception)
        {
            IsTransient = (int)exception.StatusCode is >= 400 and < 500,
        };

    private static string Said(string message) => HttpFailures.Quote(message) is { Length: > 0 } said ? $": {said}" : ".";
}
