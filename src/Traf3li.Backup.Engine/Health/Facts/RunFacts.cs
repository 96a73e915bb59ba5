using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What is judged of the history of runs, newest first. All environments are in it, since they share the store.</summary>
internal sealed record RunFacts
{
    private const int MostRuns = 400;
    private const int MostDrills = 100;

    private static readonly TimeSpan Trend = TimeSpan.FromDays(90);
    private static readonly TimeSpan OldestDrill = TimeSpan.FromDays(400);
    private static readonly TimeSpan OldestHealth = TimeSpan.FromDays(62);

    /// <summary>Backups and removals of the last 90 days, at most 400.</summary>
    public IReadOnlyList<RunRecord> Run { get; init; } = [];

    /// <summary>Tests and restores that went well, of the last 400 days, at most 100 of each.</summary>
    public IReadOnlyList<RunRecord> Drill { get; init; } = [];

    /// <summary>Some good backups from before the time within which a drill is due, at most 100: they show that there were any, whatever retention has left.</summary>
    public IReadOnlyList<RunRecord> Earlier { get; init; } = [];

    /// <summary>The last health check that was remembered; null when none was within two months.</summary>
    public RunRecord? LastHealth { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="store">The store.</param>
    /// <param name="environment">The environment of health checks.</param>
    /// <param name="drillDays">After how many days a drill is due.</param>
    /// <param name="workingDirectory">The folder that relative paths are relative to.</param>
    /// <param name="reporter">Told of records that cannot be read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<RunFacts> ReadAsync(
        IObjectStore store, string environment, int drillDays, string workingDirectory, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var history = new RunHistory(store);
        var query = new HistoryQuery { WorkingDirectory = workingDirectory };
        var runs = ReadAsync(query with { Operation = [RunOperation.Backup, RunOperation.Removal], After = now - Trend, Latest = MostRuns });
        var backups = query with
        {
            Operation = [RunOperation.Backup], Outcome = [RunOutcome.Good, RunOutcome.Warning], After = now - OldestDrill, Before = now.AddDays(-Math.Min(drillDays, OldestDrill.Days)), Latest = MostDrills / 2,
        };
        var mongo = ReadAsync(backups with { Source = BackupSource.MongoDB });
        var redis = ReadAsync(backups with { Source = BackupSource.Redis });
        var restores = ReadAsync(query with { Operation = [RunOperation.Restore], Outcome = [RunOutcome.Good, RunOutcome.Warning], After = now - OldestDrill, Latest = MostDrills });
        var tests = ReadAsync(query with { Operation = [RunOperation.Test], Outcome = [RunOutcome.Good, RunOutcome.Warning], After = now - OldestDrill, Latest = MostDrills });
        var health = ReadAsync(query with { Operation = [RunOperation.Health], Environment = environment, After = now - OldestHealth, Latest = 1 });
        return new RunFacts
        {
            Run = await runs.ConfigureAwait(false),
            Drill = [.. (await restores.ConfigureAwait(false)).Concat(await tests.ConfigureAwait(false)).OrderByDescending(item => item.StartTime)],
            Earlier = [.. await mongo.ConfigureAwait(false), .. await redis.ConfigureAwait(false)],
            LastHealth = await health.ConfigureAwait(false) is [var last, ..] ? last : null,
        };

        async Task<IReadOnlyList<RunRecord>> ReadAsync(HistoryQuery asked)
        {
            var found = new List<RunRecord>();
            await foreach (var record in history.ListAsync(asked, reporter, time, cancellationToken).ConfigureAwait(false))
            {
                found.Add(record with { Key = [], Warning = [] });
            }

            return found;
        }
    }
}
