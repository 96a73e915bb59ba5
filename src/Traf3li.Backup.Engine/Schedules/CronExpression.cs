namespace Traf3li.Backup.Engine.Schedules;

/// <summary>A cron expression, read. When it runs is told by <see cref="CronSchedule" />.</summary>
/// <param name="Text">The five fields, one space between them.</param>
/// <param name="Minute">Minutes of the hour.</param>
/// <param name="Hour">Hours of the day.</param>
/// <param name="DayOfMonth">Days of the month.</param>
/// <param name="Month">Months of the year.</param>
/// <param name="DayOfWeek">Days of the week, Sunday 0.</param>
internal sealed record CronExpression(string Text, CronField Minute, CronField Hour, CronField DayOfMonth, CronField Month, CronField DayOfWeek)
{
    /// <summary>Whether either day field is enough: cron's rule when both are given and neither begins with <c>*</c> (crontab(5)).</summary>
    public bool IsEitherDay => !DayOfMonth.BeginsWithStar && !DayOfWeek.BeginsWithStar;

    /// <summary>Whether it runs by an interval rather than at set times, so that it goes on through a repeated hour.</summary>
    public bool IsInterval => Text.Split(' ')[..2].Any(part => part.AsSpan().ContainsAny('*', '-', '/'));

    /// <summary>Every time of day, ascending, in minutes after midnight.</summary>
    public IReadOnlyList<int> MinutesOfDay => [.. from hour in Hour.Values from minute in Minute.Values select (hour * 60) + minute];

    /// <summary>The expression, or the two of which either is enough, each of which asks for all of its fields.</summary>
    public IReadOnlyList<CronExpression> Alternatives => IsEitherDay ? [Without(2), Without(4)] : [this];

    /// <summary>Whether it asks for a time of a clock, to the minute.</summary>
    public bool Matches(DateTime time) =>
        Minute.Values.Contains(time.Minute) && Hour.Values.Contains(time.Hour) && Month.Values.Contains(time.Month)
        && (IsEitherDay
            ? DayOfMonth.Values.Contains(time.Day) || DayOfWeek.Values.Contains((int)time.DayOfWeek)
            : DayOfMonth.Values.Contains(time.Day) && DayOfWeek.Values.Contains((int)time.DayOfWeek));

    /// <inheritdoc />
    public override string ToString() => Text;

    private CronExpression Without(int field)
    {
        var parts = Text.Split(' ');
        parts[field] = "*";
        return CronParser.Parse(string.Join(' ', parts));
    }
}
