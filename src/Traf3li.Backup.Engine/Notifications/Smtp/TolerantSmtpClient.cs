using System.Globalization;
using MailKit.Net.Smtp;
using MimeKit;
using Traf3li.Backup.Engine.Notifications.Http;

namespace Traf3li.Backup.Engine.Notifications.Smtp;

/// <summary>Sends to those recipients that the server takes: one address that is gone must not keep an alert from the others.</summary>
internal sealed class TolerantSmtpClient : SmtpClient
{
    private readonly List<string> _refused = [];
    private SmtpCommandException? _last;

    /// <summary>The recipients that were refused, with the server's words.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <inheritdoc />
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refused.Add(string.Create(CultureInfo.InvariantCulture, $"{mailbox.Address} ({(int)response.StatusCode} {HttpFailures.Quote(response.Response)})"));
        _last = new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, response.StatusCode, mailbox, response.Response);
    }

    /// <inheritdoc />
    protected override void OnNoRecipientsAccepted(MimeMessage message) =>
        throw _last ?? new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, SmtpStatusCode.MailboxUnavailable, "no recipient was accepted");
}
