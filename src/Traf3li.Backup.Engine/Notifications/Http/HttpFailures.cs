using System.Globalization;

namespace Traf3li.Backup.Engine.Notifications.Http;

/// <summary>Says what an answer other than success means where its sender has no errors of its own.</summary>
internal static class HttpFailures
{
    private const int LongestQuote = 200;

    /// <summary>The failure that an answer is.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="host">Who gave it.</param>
    /// <param name="setting">The setting that holds the address.</param>
    public static ChannelException Create(HttpReply reply, string host, string setting)
    {
        var said = Quote(reply.Body);
        var reason = string.Create(CultureInfo.InvariantCulture, $"{host} answered with status {reply.Status}{(said.Length > 0 ? ": " + said : "")}.");
        var recommendation = reply.Status switch
        {
            404 or 410 => $"The address is no longer known there: make a new one and set {setting}.",
            401 or 403 => $"The address or its signature is refused there: check {setting}.",
            413 => "The receiver takes only smaller messages.",
            429 => "Send fewer notifications, or ask for a higher limit there.",
            >= 500 => $"Look at the state of {host}; Send-Traf3liTestNotification tries again.",
            _ => $"Check {setting}, and what {host} expects.",
        };
        return new ChannelException(reason, recommendation) { IsTransient = reply.IsTransient, RetryAfter = reply.RetryAfter };
    }

    /// <summary>The first words of a text from outside, in one line without control characters.</summary>
    public static string Quote(string text) => Messages.PlainText.Line(text, LongestQuote);
}
