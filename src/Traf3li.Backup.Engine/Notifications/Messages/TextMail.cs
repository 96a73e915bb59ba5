using System.Text;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>A message as plain text, for mail programs without HTML and for pings.</summary>
internal static class TextMail
{
    /// <summary>The text, its lines ending with a line feed.</summary>
    public static string Format(NotificationMessage message)
    {
        var text = new StringBuilder().Append(message.Summary).Append('\n');
        if (message.Advice.Length > 0)
        {
            text.Append("\nWhat to do: ").Append(message.Advice).Append('\n');
        }

        if (message.Command is { } command)
        {
            text.Append("\n    ").Append(command).Append('\n');
        }

        if (message.Warning.Count > 0)
        {
            text.Append("\nTo be known:\n");
            foreach (var warning in message.Warning)
            {
                text.Append("- ").Append(warning).Append('\n');
            }
        }

        text.Append('\n');
        var width = message.Fact.Select(fact => fact.Name.Length).DefaultIfEmpty().Max() + 2;
        foreach (var fact in message.Fact)
        {
            text.Append((fact.Name + ":").PadRight(width)).Append(fact.Value).Append('\n');
        }

        return text.ToString();
    }
}
