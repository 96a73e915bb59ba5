using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Webhooks;

/// <summary>
/// An Adaptive Card in the envelope that Workflows of Teams take. Texts are runs of a RichTextBlock, in which nothing is markup, unlike in a TextBlock. Teams
/// takes 28 KB; lines are cut to stay far below.
/// </summary>
internal static class TeamsCard
{
    private const int LongestLine = 500;

    /// <summary>The message.</summary>
    public static JsonObject Create(NotificationMessage message)
    {
        var body = new JsonArray(
            Text(Run(message.Subject, "bolder", message.Severity switch { Severity.Bad => "attention", Severity.Warning => "warning", _ => "good" }, "medium")),
            Text(Run(message.Summary)));
        if (message.Advice.Length > 0)
        {
            body.Add(Text(Run("What to do: ", "bolder"), Run(message.Advice)));
        }

        if (message.Command is { } command)
        {
            var run = Run(command);
            run["fontType"] = "monospace";
            body.Add(Text(run));
        }

        foreach (var warning in message.Warning)
        {
            body.Add(Text(Run("Warning: ", "bolder", "warning"), Run(warning)));
        }

        foreach (var fact in message.Fact)
        {
            var line = Text(Run(fact.Name + ": ", "bolder"), Run(fact.Value));
            line["spacing"] = "small";
            body.Add(line);
        }

        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
        };
        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card }),
        };
    }

    private static JsonObject Text(params JsonNode[] runs) => new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text, string? weight = null, string? color = null, string? size = null)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = text.EndsWith(' ') ? text : PlainText.Line(text, LongestLine) };
        foreach (var (name, value) in new[] { ("weight", weight), ("color", color), ("size", size) })
        {
            if (value is not null)
            {
                run[name] = value;
            }
        }

        return run;
    }
}
