using System.Globalization;
using System.Xml.Linq;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Makes the triggers of a task from a cron expression: one a time of day, or one that repeats where the times are at even distances.</summary>
/// <param name="task">The namespace of the schema.</param>
/// <param name="job">The job.</param>
/// <param name="now">The time from which on it runs, UTC.</param>
internal sealed class TaskTriggers(XNamespace task, ScheduledJob job, DateTime now)
{
    // What Task Scheduler takes (MS-TSCH 2.5.3).
    private const int MostTriggers = 48;
    private static readonly string[] EveryWeek = ["1", "2", "3", "4", "Last"];

    /// <summary>Makes them.</summary>
    /// <exception cref="ConfigurationInvalidException">There would be too many, or the days cannot be expressed.</exception>
    public IReadOnlyList<XElement> Create()
    {
        var triggers = job.Schedule.Expression.Alternatives.SelectMany(item => Times(item).Select(time => Trigger(item, time.Start, time.Interval, time.Duration))).ToList();
        return triggers.Count <= MostTriggers
            ? triggers
            : throw CannotExpress($"it would need {triggers.Count} triggers, and a task has at most {MostTriggers}");
    }

    // Times at even distances are one trigger that repeats until just after the last of them.
    private static IReadOnlyList<(int Start, int? Interval, int Duration)> Times(CronExpression expression)
    {
        var minutes = expression.MinutesOfDay;
        var interval = minutes.Count > 1 ? minutes[1] - minutes[0] : 0;
        var isEven = interval > 0 && minutes.Select((minute, index) => minute - (index * interval)).Distinct().Count() == 1;
        return isEven ? [(minutes[0], interval, minutes[^1] - minutes[0] + 1)] : [.. minutes.Select(minute => (minute, (int?)null, 0))];
    }

    private XElement Trigger(CronExpression expression, int start, int? interval, int duration)
    {
        var isUtc = job.Schedule.Zone.HasSameRules(TimeZoneInfo.Utc);
        var day = TimeZoneInfo.ConvertTimeFromUtc(now, job.Schedule.Zone).Date;
        var boundary = day.AddMinutes(start).ToString(isUtc ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return new XElement(
            task + "CalendarTrigger",
            new XElement(task + "Enabled", "true"),
            new XElement(task + "StartBoundary", boundary),
            interval is { } minutes
                ? new XElement(task + "Repetition", new XElement(task + "Interval", Minutes(minutes)), new XElement(task + "Duration", Minutes(duration)))
                : null,
            Days(expression));
    }

    private static string Minutes(int minutes) => string.Create(CultureInfo.InvariantCulture, $"PT{minutes}M");

    private XElement Days(CronExpression expression)
    {
        if (expression.DayOfWeek.IsAny)
        {
            return expression.DayOfMonth.IsAny && expression.Month.IsAny
                ? new XElement(task + "ScheduleByDay", new XElement(task + "DaysInterval", 1))
                : new XElement(task + "ScheduleByMonth", new XElement(task + "DaysOfMonth", expression.DayOfMonth.Values.Select(day => new XElement(task + "Day", day))), Months(expression));
        }

        if (!expression.DayOfMonth.IsAny)
        {
            throw CannotExpress("a task cannot ask for a day of the month and of the week at once");
        }

        return expression.Month.IsAny
            ? new XElement(task + "ScheduleByWeek", new XElement(task + "WeeksInterval", 1), DaysOfWeek(expression))
            : new XElement(
                task + "ScheduleByMonthDayOfWeek",
                new XElement(task + "Weeks", EveryWeek.Select(week => new XElement(task + "Week", week))),
                DaysOfWeek(expression),
                Months(expression));
    }

    private XElement DaysOfWeek(CronExpression expression) => new(task + "DaysOfWeek", expression.DayOfWeek.Values.Select(day => new XElement(task + ((DayOfWeek)day).ToString())));

    private XElement Months(CronExpression expression) =>
        new(task + "Months", expression.Month.Values.Select(month => new XElement(task + CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month))));

    private ConfigurationInvalidException CannotExpress(string reason) =>
        new(job.Backup.Setting.Name, $"'{job.Schedule.Expression}' cannot be a task of the Task Scheduler: {reason}.", "Choose a simpler expression, or another scheduler.");
}
