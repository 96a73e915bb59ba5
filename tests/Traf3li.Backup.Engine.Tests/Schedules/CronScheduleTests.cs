using System.Globalization;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Tests.Schedules;

public sealed class CronScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("0 2 * * *", "2026-11-23 01:59", "2026-11-23 02:00")]
    [InlineData("0 2 * * *", "2026-11-23 02:00", "2026-11-24 02:00")]
    [InlineData("0 3 * * 0", "2026-11-23 00:00", "2026-11-29 03:00")]
    [InlineData("0 4 1 * *", "2026-11-23 00:00", "2026-12-01 04:00")]
    [InlineData("0 */6 * * *", "2026-11-23 07:00", "2026-11-23 12:00")]
    [InlineData("0 0 29 2 *", "2026-11-23 00:00", "2028-02-29 00:00")]
    // The 1st and every Monday, as cron has it.
    [InlineData("0 1 1 * 1", "2026-11-24 00:00", "2026-11-30 01:00")]
    [InlineData("0 1 1 * 1", "2026-11-30 01:00", "2026-12-01 01:00")]
    // A field that begins with a star restricts all the same, but then both are asked for.
    [InlineData("0 1 */2 * 1", "2026-11-24 00:00", "2026-12-07 01:00")]
    public void The_next_run_is_found(string text, string after, string expected) => Assert.Equal(Utc(expected), Schedule(text, TimeZoneInfo.Utc).NextAfter(Utc(after)));

    [Theory]
    [InlineData("0 2 * * *", "2026-11-23 02:00", "2026-11-23 02:00")]
    [InlineData("0 2 * * *", "2026-11-23 01:59", "2026-11-22 02:00")]
    [InlineData("0 1 1 * 1", "2026-12-05 00:00", "2026-12-01 01:00")]
    public void The_previous_run_is_found(string text, string until, string expected) => Assert.Equal(Utc(expected), Schedule(text, TimeZoneInfo.Utc).PreviousUntil(Utc(until)));

    [Theory]
    // The clock goes from 02:00 to 03:00 on 2027-03-28: 02:30 does not exist, and 03:00 is 01:00 UTC.
    [InlineData("30 2 * * *", "2027-03-27 12:00", "2027-03-28 01:00, 2027-03-29 00:30")]
    // It goes from 03:00 to 02:00 on 2027-10-31: 02:30 comes twice, 00:30 and 01:30 UTC; one run.
    [InlineData("30 2 * * *", "2027-10-30 12:00", "2027-10-31 00:30, 2027-11-01 01:30")]
    // An interval goes on.
    [InlineData("30 * * * *", "2027-10-31 00:00", "2027-10-31 00:30, 2027-10-31 01:30, 2027-10-31 02:30")]
    [InlineData("*/30 * * * *", "2027-03-28 00:10", "2027-03-28 00:30, 2027-03-28 01:00, 2027-03-28 01:30")]
    [InlineData("0 2 * * *", "2027-03-26 12:00", "2027-03-27 01:00, 2027-03-28 01:00, 2027-03-29 00:00")]
    public void Runs_in_the_nights_of_the_clock_change(string text, string from, string expected)
    {
        var runs = expected.Split(", ").Select(Utc).ToList();

        Assert.Equal(runs, Schedule(text, Berlin).Between(Utc(from), runs[^1]));
    }

    [Fact]
    public void Previous_and_next_agree_through_three_years_of_clock_changes()
    {
        string[] expressions = ["30 2 * * *", "0 2 * * *", "0 3 * * 0", "0 4 1 * *", "0 */6 * * *", "15 1,2,3 * * *", "0 2 1,15 * MON"];
        foreach (var schedule in expressions.Select(text => Schedule(text, Berlin)))
        {
            var runs = schedule.Between(Utc("2026-01-01 00:00"), Utc("2028-12-31 00:00")).ToList();

            Assert.All(runs, run => Assert.Equal(run, schedule.PreviousUntil(run)));
            Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.Equal(pair.First, schedule.PreviousUntil(pair.Second.AddSeconds(-1))));
            Assert.Equal(runs.Count, runs.Distinct().Count());
        }
    }

    [Fact]
    public void Every_day_has_one_daily_run_through_the_clock_changes() =>
        Assert.Equal(365 + 365, Schedule("30 2 * * *", Berlin).Between(Utc("2026-12-31 23:00"), Utc("2028-12-30 23:00")).Count());

    [Fact]
    public void The_nights_of_the_clock_change_are_told_beforehand()
    {
        var notes = ClockChanges.Describe(Schedule("30 2 * * *", Berlin), Utc("2026-11-23 00:00"));

        Assert.Equal(
            [
                "2027-03-28 02:30 does not exist in Europe/Berlin, because the clock goes forward: it runs at 03:00.",
                "2027-10-31 02:30 comes twice in Europe/Berlin, because the clock goes back: it runs the first time only.",
            ],
            notes);
        Assert.Empty(ClockChanges.Describe(Schedule("30 4 * * *", Berlin), Utc("2026-11-23 00:00")));
        Assert.Empty(ClockChanges.Describe(Schedule("*/30 * * * *", Berlin), Utc("2026-11-23 00:00")));
        Assert.Empty(ClockChanges.Describe(Schedule("30 2 * * *", TimeZoneInfo.Utc), Utc("2026-11-23 00:00")));
    }

    [Theory]
    // Winter time is the exception by law in Ireland, and Ramadan's in Morocco, where the clock goes forward on 2027-03-14.
    [InlineData("Europe/Dublin", "30 1 * * *", "2027-03-27 12:00", "2027-03-28 01:00, 2027-03-29 00:30")]
    [InlineData("Europe/Dublin", "0 1 * * *", "2027-03-28 00:30", "2027-03-28 01:00, 2027-03-29 00:00")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2027-10-30 12:00", "2027-10-31 00:30, 2027-11-01 01:30")]
    [InlineData("Africa/Casablanca", "0 2 * * *", "2027-03-13 12:00", "2027-03-14 02:00, 2027-03-15 01:00")]
    public void Runs_in_the_nights_of_the_clock_change_where_winter_time_is_the_exception(string zone, string text, string from, string expected)
    {
        var runs = expected.Split(", ").Select(Utc).ToList();

        Assert.Equal(runs, Schedule(text, TimeZoneInfo.FindSystemTimeZoneById(zone)).Between(Utc(from), runs[^1]).Take(10));
    }

    [Fact]
    public void A_gap_of_two_hours_is_told_as_well() => Assert.Equal(
        "2027-03-28 02:30 does not exist in Antarctica/Troll, because the clock goes forward: it runs at 03:00.",
        ClockChanges.Describe(Schedule("30 2 * * *", TimeZoneInfo.FindSystemTimeZoneById("Antarctica/Troll")), Utc("2026-11-23 00:00"))[0]);

    [Theory]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Santiago")]
    [InlineData("Pacific/Chatham")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Africa/Cairo")]
    [InlineData("Asia/Beirut")]
    [InlineData("Africa/Casablanca")]
    [InlineData("America/Havana")]
    [InlineData("America/St_Johns")]
    [InlineData("Antarctica/Troll")]
    [InlineData("Europe/Dublin")]
    public void Previous_and_next_agree_in_every_zone(string name)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        string[] expressions = ["15 0 * * *", "45 1 * * *", "10 2 * * *", "0 2 * * *", "0 0 * * *", "0 */8 * * *", "0 4 29 2 *", "20 0,1,2,3 31 * *"];
        foreach (var schedule in expressions.Select(text => Schedule(text, zone)))
        {
            var runs = schedule.Between(Utc("2026-12-01 00:00"), Utc("2028-03-31 00:00")).Take(5000).ToList();

            Assert.All(runs, run => Assert.Equal(run, schedule.PreviousUntil(run)));
            Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.Equal(pair.First, schedule.PreviousUntil(pair.Second.AddSeconds(-1))));
            Assert.Equal(runs.Count, runs.Distinct().Count());
            _ = ClockChanges.Describe(schedule, Utc("2026-11-23 00:00"));
            if (schedule.Expression.Text.EndsWith("* * *", StringComparison.Ordinal) && !schedule.Expression.IsInterval)
            {
                // Local days without a run, or with two.
                var days = runs.Select(run => TimeZoneInfo.ConvertTimeFromUtc(run, zone).Date).ToList();
                Assert.Equal(days.Count, days.Distinct().Count());
                Assert.InRange((days[^1] - days[0]).Days + 1 - days.Count, 0, 0);
            }
        }
    }

    private static CronSchedule Schedule(string text, TimeZoneInfo zone) => new(CronParser.Parse(text), zone);

    private static DateTime Utc(string text) => DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
