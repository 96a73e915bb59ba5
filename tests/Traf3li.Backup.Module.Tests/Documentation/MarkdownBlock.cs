using System.Text.RegularExpressions;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>A fenced block of a Markdown file, named by the heading that it stands below and its place there.</summary>
internal sealed partial record MarkdownBlock(string Name, string Language, string Text)
{
    public static IEnumerable<MarkdownBlock> ReadAll(string path)
    {
        var heading = "";
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Match match in Parts().Matches(File.ReadAllText(path)))
        {
            if (match.Groups["heading"].Success)
            {
                heading = match.Groups["heading"].Value;
                continue;
            }

            var number = counts[heading] = counts.GetValueOrDefault(heading) + 1;
            yield return new MarkdownBlock($"{heading} {number}", match.Groups["language"].Value, match.Groups["text"].Value);
        }
    }

    [GeneratedRegex("^(## (?<heading>.+?)\r?$|```(?<language>\\w+)\r?\n(?<text>.*?)^```)", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parts();
}
