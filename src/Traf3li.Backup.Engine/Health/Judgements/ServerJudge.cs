using System.Globalization;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Judges the servers that are backed up.</summary>
internal static class ServerJudge
{
    // Slices begin late, and retries take time.
    private const double ComfortableWindows = 3;

    /// <summary>Whether a server answers.</summary>
    public static IEnumerable<HealthCheck> JudgeReachable(ProbeResult<(string Description, IReadOnlyList<string> Warnings)> server, BackupSource source) => server.Judge(
        facts => [Warned(CheckNames.ServerReachable, source, facts.Description, facts.Warnings)],
        failure => [Checks.Broken(CheckNames.ServerReachable, $"{source}", failure)]);

    /// <summary>Whether everything may be read that a backup reads.</summary>
    public static IEnumerable<HealthCheck> JudgeRights(ProbeResult<(string Description, IReadOnlyList<string> Warnings)> rights, bool isReachable, BackupSource source) =>
        isReachable || rights.Failure is null
            ? rights.Judge(
                facts => [Warned(CheckNames.ServerRights, source, facts.Description, facts.Warnings)],
                failure => [Checks.Broken(CheckNames.ServerRights, $"{source}", failure)])
            : [NotReached(CheckNames.ServerRights, source)];

    /// <summary>A check that has no facts. Where the server cannot be reached at all, that is said once, and this one is skipped.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">The kind of server.</param>
    /// <param name="failure">Why there are no facts.</param>
    /// <param name="isReachable">Whether the server can be reached.</param>
    public static HealthCheck NotKnown(string name, BackupSource source, ProbeFailure failure, bool isReachable) =>
        isReachable ? Checks.Unknown(name, $"{source}", failure) : NotReached(name, source);

    /// <summary>What restores have left in MongoDB.</summary>
    public static IEnumerable<HealthCheck> JudgeJournals(IReadOnlyList<RestoreJournalEntry> journals)
    {
        var subject = $"{BackupSource.MongoDB}";
        if (journals.Count == 0)
        {
            yield return Checks.Good(CheckNames.UnfinishedRestore, subject, "none");
        }

        foreach (var entry in journals)
        {
            var what = $"a restore of {entry.BackupKey} by {entry.Owner} into {string.Join(", ", entry.Databases)}";
            yield return !entry.IsAbandoned() ? Checks.Good(CheckNames.UnfinishedRestore, subject, $"{what} is under way")
                : entry.IsFinishing ? Checks.Critical(CheckNames.UnfinishedRestore, subject, $"{what} was stopped while it put collections into place", "Run the restore again; any next restore does the steps that are left.")
                : entry.IsInPlace ? Checks.Critical(CheckNames.UnfinishedRestore, subject, $"{what} was stopped while it wrote in place, so these collections are partial", "Run the restore again to its end.")
                : Checks.Warning(CheckNames.UnfinishedRestore, subject, $"{what} was stopped; live data is untouched, but what it had prepared takes room", "Any next restore drops it.");
        }
    }

    /// <summary>What a restore has left in Redis.</summary>
    public static HealthCheck JudgeMarker((UnfinishedRestore Restore, bool IsAlive)? found) => found switch
    {
        null => Checks.Good(CheckNames.UnfinishedRestore, $"{BackupSource.Redis}", "none"),
        ({ } restore, true) => Checks.Good(CheckNames.UnfinishedRestore, $"{BackupSource.Redis}", $"a restore of {restore.BackupKey} by {restore.Owner} is under way"),
        ({ } restore, false) => Checks.Critical(CheckNames.UnfinishedRestore, $"{BackupSource.Redis}", restore.Description, "Run the restore again to its end, or restore its safety backup."),
    };

    /// <summary>Whether the oplog goes far enough back for slices of it to follow each other.</summary>
    /// <param name="window">The time that it holds; null where there is none.</param>
    /// <param name="interval">The time between two slices.</param>
    public static HealthCheck JudgeOplog(TimeSpan? window, TimeSpan interval)
    {
        var subject = $"{BackupSource.MongoDB}";
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{ComfortableWindows:0} × {ReadableTime.Length(interval)} or more");
        return window switch
        {
            null => Checks.Warning(CheckNames.OplogWindow, subject, "the server has no oplog", "Make it a replica set (one member is enough), or set BACKUP_SCHEDULE_OPLOG=off.", threshold),
            { } held when held < interval => Checks.Critical(CheckNames.OplogWindow, subject, ReadableTime.Length(held), "Slices cannot follow each other. Enlarge the oplog (replSetResizeOplog), or take them more often.", threshold),
            { } held when held < interval * ComfortableWindows => Checks.Warning(CheckNames.OplogWindow, subject, ReadableTime.Length(held), "One late slice leaves a gap. Enlarge the oplog (replSetResizeOplog), or take slices more often.", threshold),
            { } held => Checks.Good(CheckNames.OplogWindow, subject, ReadableTime.Length(held), threshold),
        };
    }

    private static HealthCheck NotReached(string name, BackupSource source) => Checks.Skipped(name, $"{source}", "the server cannot be reached");

    private static HealthCheck Warned(string name, BackupSource source, string description, IReadOnlyList<string> warnings) => warnings.Count == 0
        ? Checks.Good(name, $"{source}", description)
        : Checks.Warning(name, $"{source}", $"{description}. {string.Join(' ', warnings)}", "Backups work all the same. Mend it when convenient.");
}
