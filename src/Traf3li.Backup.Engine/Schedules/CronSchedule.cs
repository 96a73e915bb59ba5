namespace Traf3li.Backup.Engine.Schedules;

/// <summary>
/// When a cron expression runs in a time zone. A time that the night of a clock change skips runs right after the gap; one that comes twice runs the first
/// time only, unless it is one of an interval (<c>*/15</c>), which goes on through both: the rules of Cronos, and of Debian's cron.
/// </summary>
internal sealed class CronSchedule
{
    private readonly (CronExpression Fields, Cronos.CronExpression Cron)[] _alternatives;

    /// <summary>Creates the schedule.</summary>
    public CronSchedule(CronExpression expression, TimeZoneInfo zone)
    {
        Expression = expression;
        Zone = zone;
        _alternatives = [.. expression.Alternatives.Select(item => (item, Cronos.CronExpression.Parse(item.Text)))];
    }

    /// <summary>The expression.</summary>
    public CronExpression Expression { get; }

    /// <summary>The zone whose clock it goes by.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The first run after a time, UTC; null when there is none in this century or so.</summary>
    public DateTime? NextAfter(DateTime time) => _alternatives.Min(item => Next(item.Fields, item.Cron, time));

    /// <summary>The last run at or before a time, UTC; null when there is none.</summary>
    public DateTime? PreviousUntil(DateTime time)
    {
        // Looking back, Cronos puts a run that a clock change skips a second before the gap instead of right after it; looking ahead from there it is right.
        for (var found = Previous(time); found is { } near; found = Previous(near.AddSeconds(-1)))
        {
            if (NextAfter(near.AddSeconds(-1)) is { } run && run <= time)
            {
                return run;
            }
        }

        return null;
    }

    /// <summary>The runs after <paramref name="from" /> until and with <paramref name="to" />, UTC, ascending.</summary>
    public IEnumerable<DateTime> Between(DateTime from, DateTime to)
    {
        for (var next = NextAfter(from); next is { } run && run <= to; next = NextAfter(run))
        {
            yield return run;
        }
    }

    /// <summary>The times by the zone's clock at which it is meant to run, whether they exist or not, after one time until and with another.</summary>
    public IEnumerable<DateTime> NominalBetween(DateTime from, DateTime to) => _alternatives
        .SelectMany(item => item.Cron.GetOccurrences(DateTime.SpecifyKind(from, DateTimeKind.Utc), DateTime.SpecifyKind(to, DateTimeKind.Utc), fromInclusive: false, toInclusive: true))
        .Select(time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified)).Distinct().Order();

    private DateTime? Previous(DateTime until) => _alternatives.Max(item => item.Cron.GetPreviousOccurrence(until, Zone, inclusive: true));

    // Where winter time is the exception (Europe/Dublin, Africa/Casablanca), Cronos puts a run that a clock change skips before the gap, and again after that.
    private DateTime? Next(CronExpression fields, Cronos.CronExpression cron, DateTime time)
    {
        for (var from = time; cron.GetNextOccurrence(from, Zone) is { } found; from = from.AddMinutes(1))
        {
            var run = fields.Matches(TimeZoneInfo.ConvertTimeFromUtc(found, Zone)) ? found : ClockChanges.EndOfGap(Zone, found);
            if (run > time)
            {
                return run;
            }
        }

        return null;
    }
}
