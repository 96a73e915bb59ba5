namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

/// <summary>What the scripts do when they run is tested where there is a PowerShell.</summary>
public sealed class AzureAutomationWriterTests
{
    [Theory]
    [InlineData("30 */6 * * *", "'traf3li-backup-daily' '2026-11-23T12:30:00' @{ HourInterval = 6 }")]
    [InlineData("0 * * * *", "'traf3li-backup-daily' '2026-11-23T13:00:00' @{ HourInterval = 1 }")]
    [InlineData("0,15 * * * *", "'traf3li-backup-daily-1' '2026-11-23T13:00:00' @{ HourInterval = 1 }; 'traf3li-backup-daily-2' '2026-11-23T12:15:00' @{ HourInterval = 1 }")]
    [InlineData("0 2 1 3,9 *", "'traf3li-backup-daily-1' '2027-03-01T02:00:00' @{ MonthInterval = 12; DaysOfMonth = 1 }; 'traf3li-backup-daily-2' '2027-09-01T02:00:00' @{ MonthInterval = 12; DaysOfMonth = 1 }")]
    [InlineData("0 2 30 2,4 *", "'traf3li-backup-daily' '2027-04-30T02:00:00' @{ MonthInterval = 12; DaysOfMonth = 30 }")]
    public void Runs_begin_with_the_next_that_is_an_hour_ahead(string expression, string expected)
    {
        var registration = Exports.Daily(ScheduleFormat.AzureAutomation, expression)[1].Text;

        var runs = registration.Split('\n').Where(line => line.StartsWith("Register-Run '", StringComparison.Ordinal)).Select(line => line["Register-Run ".Length..line.LastIndexOf(" @{", StringComparison.Ordinal)]);
        Assert.Equal(expected, string.Join("; ", runs));
    }
}
