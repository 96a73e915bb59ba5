using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Smtp;

/// <summary>Mail by an SMTP server, through MailKit.</summary>
internal sealed class SmtpChannel(SmtpSettings settings, string from, IReadOnlyList<string> to, TimeProvider time) : INotificationChannel
{
    /// <inheritdoc />
    public NotificationChannel Channel => NotificationChannel.Smtp;

    /// <inheritdoc />
    public string Target => string.Join(", ", to);

    /// <inheritdoc />
    public async Task<string?> SendAsync(NotificationMessage message, CancellationToken cancellationToken)
    {
        using var mail = Mail(message);
        using var client = new TolerantSmtpClient();
        try
        {
            await ConnectAsync(client, cancellationToken).ConfigureAwait(false);
            await client.SendAsync(mail, cancellationToken).ConfigureAwait(false);
            await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SmtpErrors.IsKnown(exception))
        {
            throw SmtpErrors.Create(exception, settings);
        }

        return client.Refused.Count == 0 ? null : $"It was not taken for {string.Join(", ", client.Refused)}.";
    }

    /// <inheritdoc />
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var client = new TolerantSmtpClient();
        try
        {
            await ConnectAsync(client, cancellationToken).ConfigureAwait(false);
            await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (SmtpErrors.IsKnown(exception))
        {
            throw SmtpErrors.Create(exception, settings);
        }
    }

    private async Task ConnectAsync(TolerantSmtpClient client, CancellationToken cancellationToken)
    {
        // As elsewhere in .NET: the authority may be one that this machine cannot ask.
        client.CheckCertificateRevocation = false;
        if (settings.CaFile is { } file)
        {
            var authorities = Load(file);
            client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && certificate is not null && IsTrusted(certificate, authorities);
        }

        var security = settings.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await client.ConnectAsync(settings.Host, settings.Port, security, cancellationToken).ConfigureAwait(false);
        if (settings.User is { } user)
        {
            await client.AuthenticateAsync(user, settings.Password, cancellationToken).ConfigureAwait(false);
        }
    }

    private MimeMessage Mail(NotificationMessage message)
    {
        var sender = MailboxAddress.Parse(from);
        var mail = new MimeMessage
        {
            Subject = message.Subject,
            Date = time.GetUtcNow(),
            // The same in every attempt, so that programs show a mail once that a server took twice.
            MessageId = $"traf3li-{message.Id}@{(sender.Domain.Length > 0 ? sender.Domain : MimeUtils.GenerateMessageId().Split('@')[^1])}",
            Body = new BodyBuilder { TextBody = TextMail.Format(message), HtmlBody = HtmlMail.Format(message) }.ToMessageBody(),
        };
        mail.From.Add(sender);
        mail.To.AddRange(to.Select(address => MailboxAddress.Parse(address)));
        // Automatic answers such as those of absence do not come back (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }

    private static X509Certificate2Collection Load(string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ChannelException(
                $"the file of {KnownSettings.SmtpCaFile} cannot be used: {exception.Message}", $"Set {KnownSettings.SmtpCaFile} to a PEM file of certificates.", exception);
        }
    }

    private static bool IsTrusted(X509Certificate certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain
        {
            ChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        using var copy = new X509Certificate2(certificate);
        return chain.Build(copy);
    }
}
