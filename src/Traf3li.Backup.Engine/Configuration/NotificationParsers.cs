using System.Globalization;
using System.Net;
using System.Net.Mail;

namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Reads the texts of settings about notifications. What is wrong is a <see cref="FormatException" /> that never quotes the text, which may be a secret.</summary>
internal static class NotificationParsers
{
    // Resend takes at most 50 recipients of one mail (API reference, "Send Email").
    private const int MostAddresses = 50;
    private const int LongestUrl = 2048;

    /// <summary>Mail addresses with commas or semicolons between.</summary>
    public static IReadOnlyList<string> Addresses(string text)
    {
        var parts = text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < parts.Length; index++)
        {
            if (!IsAddress(parts[index]))
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"must be mail addresses with commas between; number {index + 1} of {parts.Length} is none"));
            }
        }

        return parts.Length is > 0 and <= MostAddresses
            ? [.. parts.Distinct(StringComparer.OrdinalIgnoreCase)]
            : throw new FormatException("must be 1 to 50 mail addresses with commas between");
    }

    /// <summary>One mail address, which may have a name: <c>Backups &lt;backups@example.com&gt;</c>.</summary>
    public static string Address(string text) =>
        IsAddress(text.Trim()) ? text.Trim() : throw new FormatException("must be a mail address, or one with a name: Backups <backups@example.com>");

    /// <summary>The time between reminders; null for none.</summary>
    public static TimeSpan? Reminder(string text) =>
        text.Trim().Equals("never", StringComparison.OrdinalIgnoreCase) ? null : SettingParsers.Duration(text);

    /// <summary>Text that can stand in a header of HTTP: printable ASCII without spaces.</summary>
    public static string HeaderText(string text) =>
        text.Trim() is { Length: > 0 and <= 1024 } trimmed && trimmed.All(c => c is > ' ' and <= '~')
            ? trimmed
            : throw new FormatException("must be a key of letters, digits and signs without spaces");

    /// <summary>An address of HTTP or HTTPS.</summary>
    public static Uri Url(string text) =>
        text.Trim() is { Length: <= LongestUrl } trimmed && Uri.TryCreate(trimmed, UriKind.Absolute, out var url)
        && url.Scheme is "https" or "http" && url.Host.Length > 0 && url.Fragment.Length == 0
            ? url
            : throw new FormatException("must be an address that begins with https:// or http://");

    /// <summary>An address of HTTPS, or of HTTP on this machine, since a key is sent to it.</summary>
    public static Uri SecureUrl(string text)
    {
        var url = Url(text);
        return url.Scheme == "https" || url.IsLoopback ? url : throw new FormatException("must begin with https://, since a key is sent to it");
    }

    /// <summary>An address to ping, with or without <c>{source}</c>, <c>{type}</c> and <c>{environment}</c>.</summary>
    public static string PingUrl(string text)
    {
        _ = Url(text.Replace("{source}", "x", StringComparison.Ordinal).Replace("{type}", "x", StringComparison.Ordinal).Replace("{environment}", "x", StringComparison.Ordinal));
        return text.Trim();
    }

    /// <summary>The name or address of a host.</summary>
    public static string Host(string text) =>
        Uri.CheckHostName(text.Trim()) != UriHostNameType.Unknown ? text.Trim() : throw new FormatException("must be the name or the address of a host, without a port");

    /// <summary>A TCP port.</summary>
    public static int Port(string text) =>
        SettingParsers.Count(text) is > 0 and <= IPEndPoint.MaxPort and var port ? port : throw new FormatException("must be a port from 1 to 65535");

    private static bool IsAddress(string text) =>
        !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address) && address.Address.Length <= 254
        && address.User.Length > 0 && address.Host.Length > 0 && !address.Host.Any(char.IsWhiteSpace);
}
