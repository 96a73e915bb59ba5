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
    private const string Mending = "Copy-Traf3liBackup -Missing puts back what is gone there, and names what differs: remove that there, and run it again.";

    /// <summary>
    /// Compares both destinations, by sizes too. Where the copies have a retention of their own, it may have removed what is older than the newest copy of the
    /// same kind and type, and whole types. Backups of the Node scripts are not copied without being asked for, and do not count.
    /// </summary>
    /// <param name="inventory">The backups.</param>
    /// <param name="copies">The copies.</param>
    /// <param name="policy">The copies' own retention; null where they have none.</param>
    /// <param name="destination">Where the copies are.</param>
    /// <param name="now">The time, UTC.</param>
    public static HealthCheck Judge(InventoryFacts inventory, CopyFacts copies, RetentionPolicy? policy, string destination, DateTime now)
    {
        var threshold = $"up to {ReadableTime.Length(Allowed)} behind";
        var here = inventory.Listed.Where(item => item is { IsGood: true, HasManifest: true }).ToList();
        if (here.Count == 0)
        {
            return Checks.Skipped(CheckNames.SecondCopy, destination, "there is no backup to copy");
        }

        var whole = here.FindAll(copies.HasWhole);
        var newest = new NewestCopies(whole);
        var damaged = here.FindAll(item => copies.Has(item) && !copies.HasWhole(item));
        var missing = here.FindAll(item => !copies.Has(item) && (policy is null || (policy.CountOf(item.Type) != 0 && newest.IsBefore(item))));
        var last = whole.Count > 0 ? whole[^1].Date : (DateTime?)null;
        if (damaged.Count > 0)
        {
            var odd = $"{ReasonText.Count(damaged.Count, "copy", "copies")} not whole or of another size than here, the newest of {damaged[^1].Key}";
            var text = missing.Count > 0 ? $"{odd}; {Describe(missing, last)}" : odd;
            return last is null ? Checks.Critical(CheckNames.SecondCopy, destination, text, Mending, threshold) : Checks.Warning(CheckNames.SecondCopy, destination, text, Mending, threshold);
        }

        if (missing.Count == 0)
        {
            return Checks.Good(CheckNames.SecondCopy, destination, last is { } there ? $"complete, newest {ReasonText.Time(there)}" : "complete", threshold);
        }

        var value = Describe(missing, last);
        return now - missing[0].Date <= Allowed ? Checks.Good(CheckNames.SecondCopy, destination, value, threshold)
            : last is null || here[^1].Date - last > MostAllowed ? Checks.Critical(CheckNames.SecondCopy, destination, value, Advice, threshold)
            : Checks.Warning(CheckNames.SecondCopy, destination, value, Advice, threshold);
    }

    private static string Describe(List<ListedBackup> missing, DateTime? newest) =>
        $"{ReasonText.Count(missing.Count, "backup")} missing, the oldest of {ReasonText.Time(missing[0].Date)}; "
        + (newest is { } copied ? $"newest copy of {ReasonText.Time(copied)}" : "there is no copy at all");

    // What is taken by hand has no rhythm of its own, and is compared with all of its kind.
    private sealed class NewestCopies(List<ListedBackup> copied)
    {
        private readonly Dictionary<(BackupSource, BackupType), DateTime> _byType = copied.GroupBy(item => (item.Source, item.Type)).ToDictionary(group => group.Key, group => group.Max(item => item.Date));

        public bool IsBefore(ListedBackup item) => _byType
            .Where(pair => pair.Key.Item1 == item.Source && (item.Type == BackupType.Manual || pair.Key.Item2 == item.Type))
            .All(pair => pair.Value < item.Date);
    }
}
