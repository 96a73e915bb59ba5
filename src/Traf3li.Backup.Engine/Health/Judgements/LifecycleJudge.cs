using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Judges what the lifecycle rules of a bucket do to backups behind the back of retention.</summary>
internal static class LifecycleJudge
{
    private const int DaysOfWeek = 7;
    private const int DaysOfMonth = 31;
    private const int DaysOfYear = 366;
    private const string Limit = "none moves manifests, or removes what retention keeps";

    /// <summary>Judges a bucket; null stands for a folder.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="inventory">The backups in it; null when they are not known.</param>
    /// <param name="policy">How long they are kept; null when that is not known.</param>
    /// <param name="destination">The destination.</param>
    public static HealthCheck Judge(BucketFacts? bucket, InventoryFacts? inventory, RetentionPolicy? policy, string destination)
    {
        if (bucket is null)
        {
            return Checks.Skipped(CheckNames.Lifecycle, destination, "only buckets have it");
        }

        if (!bucket.Lifecycle.IsKnown)
        {
            return Checks.Skipped(CheckNames.Lifecycle, destination, bucket.Lifecycle.Unknown!);
        }

        var rules = bucket.Lifecycle.Value!.Where(rule => rule.TouchesBackups(bucket.Prefix)).ToList();
        if (rules.FirstOrDefault(rule => rule.MovesManifests(bucket.Prefix)) is { } moving)
        {
            return Checks.Critical(
                CheckNames.Lifecycle,
                destination,
                $"the rule '{moving.Id}' moves manifests to {moving.StorageClass}{After(moving.MovedAfterDays)}",
                $"Backups can neither be listed nor restored then. Limit it to objects larger than {ManifestSerializer.MaxSize} bytes, or remove it; Initialize-Traf3liBackupStore adds one that leaves manifests where they are.",
                Limit);
        }

        return rules.Where(rule => rule.RemovesObjects).OrderBy(rule => rule.RemovedAfterDays ?? 0).FirstOrDefault() is { } removing ? JudgeRemoval(removing, bucket, inventory, policy, destination)
            : Checks.Good(CheckNames.Lifecycle, destination, Describe(rules), Limit);
    }

    // Retention removes the manifest first and keeps the last good backup; a rule knows neither.
    private static HealthCheck JudgeRemoval(LifecycleRuleFacts rule, BucketFacts bucket, InventoryFacts? inventory, RetentionPolicy? policy, string destination)
    {
        var value = $"the rule '{rule.Id}' removes backups{(rule.RemovedAfterDays is { } days ? After(days) : " on a date")}";
        var early = (inventory?.Listed ?? []).Where(item => rule.CanTouch(bucket.Prefix + item.Key) && KeptDays(item, policy) > (rule.RemovedAfterDays ?? 0)).Select(item => item.Type).Distinct().Order().ToList();
        return early.Count > 0
            ? Checks.Critical(CheckNames.Lifecycle, destination, $"{value}, but retention keeps {string.Join(", ", early)} ones longer", "Remove that rule, and let Remove-Traf3liExpiredBackup do it: a rule heeds neither holds nor the last good backup.", Limit)
            : Checks.Warning(CheckNames.Lifecycle, destination, value, "Retention has removed them by then, but a rule heeds neither holds nor the last good backup. Remove that rule.", Limit);
    }

    // Redis backups have no type of their own and count as daily; what was taken by hand is kept for good, and by a rule that someone meant.
    private static int KeptDays(ListedBackup backup, RetentionPolicy? policy) => policy is null ? 0 : backup.Type switch
    {
        BackupType.Daily => policy.Daily,
        BackupType.Weekly => policy.Weekly * DaysOfWeek,
        BackupType.Monthly => policy.Monthly * DaysOfMonth,
        BackupType.Yearly => policy.Yearly * DaysOfYear,
        _ => backup.Source == BackupSource.Redis ? policy.Daily : 0,
    };

    private static string Describe(List<LifecycleRuleFacts> rules)
    {
        var parts = new List<string>();
        if (rules.FirstOrDefault(rule => rule.StorageClass is not null) is { } moving)
        {
            parts.Add($"backups are moved to {moving.StorageClass}{After(moving.MovedAfterDays)}, manifests stay");
        }

        if (rules.FirstOrDefault(rule => rule.OldVersionsRemovedAfterDays is not null) is { } expiring)
        {
            parts.Add($"older versions are removed{After(expiring.OldVersionsRemovedAfterDays)}");
        }

        if (rules.FirstOrDefault(rule => rule.UploadsAbortedAfterDays is not null) is { } aborting)
        {
            parts.Add($"unfinished uploads are aborted{After(aborting.UploadsAbortedAfterDays)}");
        }

        return parts.Count == 0 ? "no rule for backups" : string.Join("; ", parts);
    }

    private static string After(int? days) => days is { } count ? $" after {ReasonText.Count(count, "day")}" : "";
}
