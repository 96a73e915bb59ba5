using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>Makes text from outside fit for a line: names of databases and messages of servers can hold anything.</summary>
internal static class PlainText
{
    /// <summary>The text in one line, with runs of white space as one space and without what changes the text around it (controls, overrides of direction).</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">The most characters; what is more ends with an ellipsis.</param>
    public static string Line(string text, int longest)
    {
        var line = new StringBuilder(Math.Min(text.Length, longest + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            var isGap = Rune.IsWhiteSpace(rune) || Rune.IsControl(rune);
            if (isGap && (line.Length == 0 || line[^1] == ' '))
            {
                continue;
            }

            if (isGap)
            {
                line.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned))
            {
                line.Append(rune);
            }

            if (line.Length > longest)
            {
                // A character may be two.
                line.Length = char.IsLowSurrogate(line[longest - 1]) ? longest - 2 : longest - 1;
                return line.ToString().TrimEnd() + "…";
            }
        }

        return line.ToString().TrimEnd();
    }
}
