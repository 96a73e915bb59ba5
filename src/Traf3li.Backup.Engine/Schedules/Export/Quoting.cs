using System.Text;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes an argument so that a program gets it as it is.</summary>
internal static class Quoting
{
    /// <summary>For a POSIX shell within a crontab, where an unescaped <c>%</c> would end the command (crontab(5)).</summary>
    public static string Crontab(string argument) => Shell(argument).Replace("%", "\\%", StringComparison.Ordinal);

    /// <summary>For an ExecStart line: within quotation marks, with specifiers and variables doubled (systemd.service(5)).</summary>
    public static string Systemd(string argument)
    {
        var escaped = argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return IsPlain(escaped) ? escaped : $"\"{escaped}\"";
    }

    /// <summary>For a Windows command line, as CommandLineToArgvW reads it: a backslash counts only before a quotation mark.</summary>
    public static string Windows(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(' ', '\t', '"'))
        {
            return argument;
        }

        var text = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var character in argument)
        {
            backslashes = character == '\\' ? backslashes + 1 : 0;
            if (character == '"')
            {
                text.Append('\\', CountBefore(text) + 1);
            }

            text.Append(character);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }

    /// <summary>For PowerShell: a string that nothing is replaced in.</summary>
    public static string PowerShell(string argument) => $"'{argument.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>For YAML: a string between single quotation marks.</summary>
    public static string Yaml(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Refuses what no line-oriented file can hold.</summary>
    /// <exception cref="ConfigurationInvalidException">It holds a line end or another control character.</exception>
    public static string Line(string parameter, string text) =>
        text.Any(char.IsControl)
            ? throw new ConfigurationInvalidException(parameter, "it holds a line end or another control character.", $"Give -{parameter} without it.")
            : text;

    private static string Shell(string argument) => IsPlain(argument) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(string argument) => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or '+' or ',' or '@');

    private static int CountBefore(StringBuilder text)
    {
        var count = 0;
        while (text[text.Length - 1 - count] == '\\')
        {
            count++;
        }

        return count;
    }
}
