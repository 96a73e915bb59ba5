using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Says how far the second copies lag behind.</summary>
internal static class CopyJudge
{
    // A copy of a large backup takes its time, and a mirror may be brought up to date once a day.
    private static readonly TimeSpan Allowed = TimeSpan.FromHours(25);
    private static readonly TimeSpan MostAllowed = TimeSpan.FromDays(7);

    private const string Advice = "Copy-Traf3liBackup -Missing";

    /// <summary>
    /// Compares both destinations. Backups older than the newest copy count only where the copies have no retention of their own, since that may have removed
    /// them there. Those of the Node scripts are not copied without being asked for, and do not count.
    /// </summary>
    public static HealthCheck Judge(InventoryFacts inventory, CopyFacts copies, bool hasOwnRetention, string destination, DateTime now)
    {
        var threshold = $"up to {ReadableTime.Length(Allowed)} behind";
        var here = inventory.Listed.Where(item => item is { IsGood: true, HasManifest: true }).ToList();
        var newestCopy = here.Where(item => copies.Keys.Contains(item.Key)).Select(item => (DateTime?)item.Date).Max();
        var missing = here.Where(item => !copies.Keys.Contains(item.Key) && (!hasOwnRetention || newestCopy is null || item.Date > newestCopy)).ToList();
        if (here.Count == 0)
        {
            return Checks.Skipped(CheckNames.SecondCopy, destination, "there is no backup to copy");
        }

        if (missing.Count == 0)
        {
            return Checks.Good(CheckNames.SecondCopy, destination, newestCopy is { } newest ? $"complete, newest {ReasonText.Time(newest)}" : "complete", threshold);
        }

        var lag = now - missing[0].Date;
        var value = $"{ReasonText.Count(missing.Count, "backup")} missing, the oldest of {ReasonText.Time(missing[0].Date)}; "
            + (newestCopy is { } copied ? $"newest copy of {ReasonText.Time(copied)}" : "there is no copy at all");
        return lag <= Allowed ? Checks.Good(CheckNames.SecondCopy, destination, value, threshold)
            : newestCopy is null || here[^1].Date - newestCopy > MostAllowed ? Checks.Critical(CheckNames.SecondCopy, destination, value, Advice, threshold)
            : Checks.Warning(CheckNames.SecondCopy, destination, value, Advice, threshold);
    }
}
