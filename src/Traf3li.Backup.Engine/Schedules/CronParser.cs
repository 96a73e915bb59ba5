using System.Globalization;

namespace Traf3li.Backup.Engine.Schedules;

/// <summary>
/// Reads cron expressions: five fields of <c>*</c>, numbers, three-letter names, ranges, steps and lists, or one of the <c>@</c> words. It is what crontab(5),
/// systemd timers, Task Scheduler and Kubernetes can all express, so an exported schedule means the same everywhere.
/// </summary>
internal static class CronParser
{
    private static readonly int[] LongestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is wrong; the message says where and what would be right.</exception>
    public static CronExpression Parse(string text)
    {
        var fields = Split(Expand(text));
        if (fields.Count != CronFieldRule.All.Count)
        {
            throw new FormatException(fields.Count == CronFieldRule.All.Count + 1
                ? "has six fields; leave out the first, the seconds: minute, hour, day of the month, month, day of the week are read"
                : $"has {fields.Count} fields where there must be five: minute, hour, day of the month, month, day of the week, such as '0 2 * * *'");
        }

        var read = CronFieldRule.All.Select((rule, index) => ReadField(rule, fields[index].Text, fields[index].Position)).ToArray();
        var expression = new CronExpression(string.Join(' ', fields.Select(field => field.Text.ToUpperInvariant())), read[0], read[1], read[2], read[3], read[4]);
        RequireThatItComes(expression, fields[2].Position);
        return expression;
    }

    private static string Expand(string text) => text.Trim().ToUpperInvariant() switch
    {
        "@YEARLY" or "@ANNUALLY" => "0 0 1 1 *",
        "@MONTHLY" => "0 0 1 * *",
        "@WEEKLY" => "0 0 * * 0",
        "@DAILY" or "@MIDNIGHT" => "0 0 * * *",
        "@HOURLY" => "0 * * * *",
        var word when word.StartsWith('@') => throw new FormatException("is none of @hourly, @daily, @weekly, @monthly and @yearly"),
        _ => text,
    };

    private static List<(string Text, int Position)> Split(string text)
    {
        var fields = new List<(string, int)>();
        for (var start = 0; start < text.Length;)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                start++;
                continue;
            }

            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            fields.Add((text[start..end], start));
            start = end;
        }

        return fields;
    }

    private static CronField ReadField(CronFieldRule rule, string text, int position)
    {
        var values = new SortedSet<int>();
        var at = position;
        foreach (var item in text.Split(','))
        {
            var (first, last, step) = ReadItem(rule, item, at);
            for (var value = first; value <= last; value += step)
            {
                values.Add(value > rule.Highest ? rule.Lowest : value);
            }

            at += item.Length + 1;
        }

        return new CronField(rule, [.. values], text.StartsWith('*'));
    }

    private static (int First, int Last, int Step) ReadItem(CronFieldRule rule, string item, int position)
    {
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        var range = slash < 0 ? item : item[..slash];
        var step = slash < 0 ? 1 : ReadStep(rule, item[(slash + 1)..], position + slash + 1);
        if (range == "*")
        {
            return (rule.Lowest, rule.Highest, step);
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            var single = ReadNumber(rule, range, position);
            return slash < 0
                ? (single, single, 1)
                : throw Mistake(rule, position + slash, $"a step needs * or a range before it, such as {single}-{rule.Highest}/{step}");
        }

        var first = ReadNumber(rule, range[..dash], position);
        var last = ReadNumber(rule, range[(dash + 1)..], position + dash + 1);
        return first <= last
            ? (first, last, step)
            : throw Mistake(rule, position, $"the range goes backwards; write {first}-{rule.Highest},{rule.Lowest}-{last}");
    }

    private static int ReadStep(CronFieldRule rule, string text, int position) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= rule.Count
            ? step
            : throw Mistake(rule, position, $"a step must be a number from 1 to {rule.Count}");

    private static int ReadNumber(CronFieldRule rule, string text, int position)
    {
        for (var index = 0; index < rule.Names.Count; index++)
        {
            if (string.Equals(rule.Names[index], text, StringComparison.OrdinalIgnoreCase))
            {
                return rule.Lowest + index;
            }
        }

        if (text.Length == 0)
        {
            throw Mistake(rule, position, "a number is missing");
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw Mistake(rule, position, rule.Names.Count == 0 ? "is no number" : $"is neither a number nor one of {string.Join(", ", rule.Names)}");
        }

        return number >= rule.Lowest && number <= rule.HighestWritten
            ? number
            : throw Mistake(rule, position, $"{number} is not within {rule.Lowest} to {rule.HighestWritten}");
    }

    private static void RequireThatItComes(CronExpression expression, int position)
    {
        if (!expression.IsEitherDay && expression.DayOfMonth.Values[0] > expression.Month.Values.Max(month => LongestMonths[month - 1]))
        {
            throw Mistake(expression.DayOfMonth.Rule, position, "none of its months has that day, so it would never run");
        }
    }

    private static FormatException Mistake(CronFieldRule rule, int position, string what) => new($"has a mistake at position {position + 1}, in the {rule.Name}: {what}");
}
