using System.Globalization;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>
/// Turns a cron expression into what New-AzAutomationSchedule takes: a start and one of HourInterval, DayInterval, WeekInterval with DaysOfWeek, MonthInterval with DaysOfMonth.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="now">The time from which on it runs, UTC.</param>
internal sealed class AzureRhythms(ScheduledJob job, DateTime now)
{
    private const int MostSchedules = 24;
    private const int HoursOfDay = 24;
    private const int LeapYear = 2000;

    // A start must be at least five minutes ahead when the schedule is made.
    private static readonly TimeSpan Lead = TimeSpan.FromHours(1);

    /// <summary>The starts by the clock of the zone, and the rhythms as entries of a hashtable.</summary>
    /// <exception cref="ConfigurationInvalidException">It cannot be expressed, or by too many.</exception>
    public IReadOnlyList<(DateTime Start, string Rhythm)> Create()
    {
        var rhythms = job.Schedule.Expression.Alternatives.SelectMany(Create).ToList();
        return rhythms.Count <= MostSchedules ? rhythms : throw CannotExpress($"it would need {rhythms.Count} schedules of the account, and more than {MostSchedules} are not made");
    }

    private IEnumerable<(DateTime Start, string Rhythm)> Create(CronExpression expression)
    {
        if (!expression.DayOfWeek.IsAny && !expression.DayOfMonth.IsAny)
        {
            throw CannotExpress("a schedule cannot ask for a day of the month and of the week at once");
        }

        if (!expression.DayOfWeek.IsAny && !expression.Month.IsAny)
        {
            throw CannotExpress("a schedule by days of the week runs in every month");
        }

        var isEveryDay = expression.DayOfWeek.IsAny && expression.DayOfMonth.IsAny && expression.Month.IsAny;
        var hours = isEveryDay ? HourInterval(expression.Hour.Values) : null;
        return hours is not null
            ? expression.Minute.Values.Select(minute => (First(expression, expression.Hour.Values, minute), $"HourInterval = {hours}"))
            : expression.MinutesOfDay.SelectMany(minute => Days(expression).Select(days => (First(days.Expression, [minute / 60], minute % 60), days.Rhythm)));
    }

    // Hours that are evenly spread over the day, so that an interval says the same.
    private static int? HourInterval(IReadOnlyList<int> hours)
    {
        var interval = hours.Count > 1 ? hours[1] - hours[0] : HoursOfDay;
        return hours.Count > 1 && hours.Count * interval == HoursOfDay && hours.Select((hour, index) => hour - (index * interval)).Distinct().Count() == 1 ? interval : null;
    }

    private static IEnumerable<(CronExpression Expression, string Rhythm)> Days(CronExpression expression)
    {
        if (!expression.DayOfWeek.IsAny)
        {
            var days = string.Join(", ", expression.DayOfWeek.Values.Select(day => $"'{(DayOfWeek)day}'"));
            return [(expression, $"WeekInterval = 1; DaysOfWeek = {days}")];
        }

        if (expression.DayOfMonth.IsAny && expression.Month.IsAny)
        {
            return [(expression, "DayInterval = 1")];
        }

        var daysOfMonth = string.Join(", ", expression.DayOfMonth.Values);
        return expression.Month.IsAny
            ? [(expression, $"MonthInterval = 1; DaysOfMonth = {daysOfMonth}")]
            : expression.Month.Values.Where(month => expression.DayOfMonth.Values[0] <= DateTime.DaysInMonth(LeapYear, month)).Select(month => (expression with { Month = expression.Month with { Values = [month] } }, $"MonthInterval = 12; DaysOfMonth = {daysOfMonth}"));
    }

    private DateTime First(CronExpression expression, IReadOnlyList<int> hours, int minute)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{minute} {string.Join(',', hours)} {Field(expression.DayOfMonth)} {Field(expression.Month)} {Field(expression.DayOfWeek)}");
        var schedule = new CronSchedule(CronParser.Parse(text), job.Schedule.Zone);
        return TimeZoneInfo.ConvertTimeFromUtc(schedule.NextAfter(now + Lead) ?? now, job.Schedule.Zone);

        static string Field(CronField field) => field.IsAny ? "*" : string.Join(',', field.Values);
    }

    private ConfigurationInvalidException CannotExpress(string reason) =>
        new(job.Backup.Setting.Name, $"'{job.Schedule.Expression}' cannot be a schedule of Azure Automation: {reason}.", "Choose a simpler expression, or another scheduler.");
}
