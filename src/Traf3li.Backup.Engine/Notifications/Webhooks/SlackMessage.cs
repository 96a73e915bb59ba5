using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Webhooks;

/// <summary>
/// A message for an incoming webhook of Slack. Texts from outside are <c>plain_text</c>, in which nothing is a link, a mention or markup; the limits are those
/// of Block Kit: 150 characters of a header, 3,000 of a section, 10 fields of a section with 2,000 each.
/// </summary>
internal static class SlackMessage
{
    private const int LongestHeader = 150;
    private const int LongestField = 500;
    private const int MostFields = 10;

    /// <summary>The message.</summary>
    public static JsonObject Create(NotificationMessage message)
    {
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(message.Subject, LongestHeader) },
            Section(message.Summary));
        if (message.Advice.Length > 0)
        {
            blocks.Add(Section("What to do: " + message.Advice));
        }

        if (message.Command is { } command)
        {
            blocks.Add(Section(command));
        }

        foreach (var warning in message.Warning)
        {
            blocks.Add(Section("Warning: " + warning));
        }

        foreach (var facts in message.Fact.Chunk(MostFields))
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = new JsonArray([.. facts.Select(fact => Plain($"{fact.Name}: {fact.Value}", LongestField))]) });
        }

        // What a notification on a phone shows; here the three signs of Slack's markup have to be escaped.
        return new JsonObject
        {
            ["text"] = message.Subject.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
            ["blocks"] = blocks,
        };
    }

    private static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Plain(text, 3000) };

    private static JsonObject Plain(string text, int longest) => new() { ["type"] = "plain_text", ["text"] = PlainText.Line(text, longest), ["emoji"] = false };
}
