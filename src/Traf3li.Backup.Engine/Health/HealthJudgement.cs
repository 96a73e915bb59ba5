using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Health.Judgements;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Health;

/// <summary>Judges all facts: a pure function, whose checks stand in the order in which things depend on each other.</summary>
internal sealed class HealthJudgement
{
    // The limit beyond which retention removes nothing.
    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(1);

    private static readonly BackupSource[] Sources = [BackupSource.MongoDB, BackupSource.Redis];

    private readonly HealthFacts _facts;
    private readonly IReadOnlyList<ListedBackup> _ahead;

    private HealthJudgement(HealthFacts facts)
    {
        var latest = facts.Now + MostAhead;
        _ahead = [.. (facts.Inventory.Value?.Listed ?? []).Where(item => item.Date > latest)];
        _facts = _ahead.Count == 0 ? facts : facts with { Inventory = facts.Inventory with { Value = facts.Inventory.Value!.Until(latest) } };
    }

    private IReadOnlyList<ScheduledBackup> Schedules => _facts.Schedules.Value ?? [];

    /// <summary>Judges.</summary>
    public static IReadOnlyList<HealthCheck> Judge(HealthFacts facts)
    {
        var judgement = new HealthJudgement(facts);
        var checks = judgement.JudgeStore().Concat(judgement.JudgeMongo()).Concat(judgement.JudgeRedis()).Concat(judgement.JudgeBackups()).Concat(judgement.JudgeRest());
        return [.. AcceptedChecks.Apply(checks, facts.Accepted.Value ?? [])];
    }

    /// <summary>The schedules that are expected to run; null when they cannot be read.</summary>
    public static int? CountJobs(HealthFacts facts) => facts.Schedules.Value?.Count(item => item.IsEnabled);

    private IEnumerable<HealthCheck> JudgeStore() =>
    [
        .. StoreJudge.JudgeAccess(_facts.Access, _facts.IsBucket, _facts.Destination),
        .. StoreJudge.JudgeWriting(_facts.Writing, _facts.Destination),
        .. _facts.Quota.Failure is { } wrong
            ? [Checks.Broken(CheckNames.StoreSpace, _facts.Destination, wrong)]
            : _facts.Inventory.Judge(
                inventory => [SpaceJudge.Judge(inventory, _facts.Runs.Value, _facts.Quota.Value, _facts.Setup.Value?.Folder, _facts.Destination, _facts.Now)],
                failure => [NotKnown(CheckNames.StoreSpace, _facts.Destination, failure)]),
        .. _facts.Setup.Judge(
            setup => [.. BucketJudge.Judge(setup, _facts.Destination), LifecycleJudge.Judge(setup.Bucket, _facts.Inventory.Value, _facts.Retention.Value, _facts.Destination)],
            failure => new[] { CheckNames.Versioning, CheckNames.ObjectLock, CheckNames.PublicAccess, CheckNames.Encryption, CheckNames.Lifecycle }.Select(name => NotKnown(name, _facts.Destination, failure))),
    ];

    private IEnumerable<HealthCheck> JudgeMongo()
    {
        const BackupSource Source = BackupSource.MongoDB;
        if (_facts is not { Mongo: { } server, MongoRights: { } rights, Journals: { } journals })
        {
            return _facts.Redis is null
                ? [Checks.Warning(CheckNames.ServerReachable, $"{Source}", "neither MONGODB_URI nor REDIS_URL is set, so there is nothing to back up", "Set one of them in the environment or in the .env file.")]
                : [Checks.Skipped(CheckNames.ServerReachable, $"{Source}", "MONGODB_URI is not set")];
        }

        return
        [
            .. ServerJudge.JudgeReachable(server, Source),
            .. ServerJudge.JudgeRights(rights, server.Failure is null, Source),
            .. journals.Judge(ServerJudge.JudgeJournals, failure => [ServerJudge.NotKnown(CheckNames.UnfinishedRestore, Source, failure, server.Failure is null)]),
            .. _facts.OplogWindow is { } window && OplogInterval() is { } interval
                ? window.Judge(held => [ServerJudge.JudgeOplog(held, interval)], failure => [ServerJudge.NotKnown(CheckNames.OplogWindow, Source, failure, server.Failure is null)])
                : [Checks.Skipped(CheckNames.OplogWindow, $"{Source}", "BACKUP_SCHEDULE_OPLOG is not set, so no slices are taken")],
        ];
    }

    private IEnumerable<HealthCheck> JudgeRedis()
    {
        const BackupSource Source = BackupSource.Redis;
        return _facts is { Redis: { } server, RedisRights: { } rights, Marker: { } marker }
            ?
            [
                .. ServerJudge.JudgeReachable(server, Source),
                .. ServerJudge.JudgeRights(rights, server.Failure is null, Source),
                .. marker.Judge(
                    found => [ServerJudge.JudgeMarker(found)],
                    failure => server.Failure is not null || failure.IsTimeOut ? [ServerJudge.NotKnown(CheckNames.UnfinishedRestore, Source, failure, server.Failure is null)]
                        // A user for backups alone may not look, and a replica is no place to restore to.
                        : [Checks.Skipped(CheckNames.UnfinishedRestore, $"{Source}", $"it cannot be looked at: {failure.Reason}")]),
            ]
            : [Checks.Skipped(CheckNames.ServerReachable, $"{Source}", "REDIS_URL is not set")];
    }

    private IEnumerable<HealthCheck> JudgeBackups()
    {
        yield return (_facts.Schedules.Failure is { } wrong
            ? Checks.Critical(CheckNames.Schedule, "schedules", wrong.Reason, wrong.Advice)
            : Checks.Good(CheckNames.Schedule, "schedules", $"{CountJobs(_facts)} of {Schedules.Count} to run")) with { Duration = _facts.Schedules.Duration };
        var sources = Sources.Where(source => source == BackupSource.MongoDB ? _facts.Mongo is not null : _facts.Redis is not null).ToList();
        var names = sources.SelectMany(source => new[] { CheckNames.RecoveryPoint, CheckNames.RecoveryGap, CheckNames.RecoveryTime, CheckNames.Drill }.Select(name => (name, source)));
        foreach (var check in _facts.Inventory.Judge(
            inventory => [.. JudgeRuns(inventory), .. sources.SelectMany(source => JudgeRecovery(inventory, source)), .. JudgeSeries(inventory)],
            failure => [NotKnown(CheckNames.MissedRun, "schedules", failure), .. names.Select(item => NotKnown(item.name, $"{item.source}", failure))]))
        {
            yield return check;
        }
    }

    private IEnumerable<HealthCheck> JudgeRuns(InventoryFacts inventory)
    {
        var judge = new MissedRunJudge(inventory, _facts.Runs.Value, _facts.Locks.Value, _facts.Environment, _facts.Now);
        return Schedules.Select(judge.Judge);
    }

    private IEnumerable<HealthCheck> JudgeRecovery(InventoryFacts inventory, BackupSource source)
    {
        var judge = new RecoveryJudge(inventory, Schedules, _facts.Now);
        yield return judge.JudgePoint(source, [.. _ahead.Where(item => item.Source == source)]);
        yield return judge.JudgeGaps(source);
        foreach (var check in _facts.Runs.Judge(
            runs => [judge.JudgeTime(source, runs, _facts.Environment), JudgeDrill(source, inventory, runs)],
            failure => [Checks.Unknown(CheckNames.RecoveryTime, $"{source}", failure), Checks.Unknown(CheckNames.Drill, $"{source}", failure)]))
        {
            yield return check;
        }
    }

    private HealthCheck JudgeDrill(BackupSource source, InventoryFacts inventory, RunFacts runs) => _facts.DrillDays.Failure is { } wrong
        ? Checks.Broken(CheckNames.Drill, $"{source}", wrong)
        : DrillJudge.Judge(source, runs, inventory, _facts.DrillDays.Value, _facts.Environment, _facts.Now);

    private static IEnumerable<HealthCheck> JudgeSeries(InventoryFacts inventory) =>
        BackupSeries.Find(inventory).SelectMany(series => new[] { SizeJudge.Judge(series), DurationJudge.Judge(series), CompressionJudge.Judge(series) });

    private IEnumerable<HealthCheck> JudgeRest() =>
    [
        .. _facts.Accepted.Failure is { } unread ? [Checks.Warning(CheckNames.Acceptance, "settings", unread.Reason, unread.Advice)] : Array.Empty<HealthCheck>(),
        .. JudgeCopies(),
        .. _facts.Locks.Judge(
            locks => LockJudge.Judge(locks, _facts.Writing.Value?.ClockAhead ?? TimeSpan.Zero, _facts.Destination, _facts.Now), failure => [NotKnown(CheckNames.Lock, _facts.Destination, failure)]),
        .. _facts.Channels.Judge(results => NotificationJudge.JudgeChannels(results, _facts.IsNotifying), failure => [Checks.Unknown(CheckNames.NotificationChannel, "notifications", failure)]),
        .. _facts.FailedNotifications.Judge(NotificationJudge.JudgeFailures, failure => [NotKnown(CheckNames.FailedNotification, "notifications", failure)]),
    ];

    private IEnumerable<HealthCheck> JudgeCopies()
    {
        if (_facts is not { CopyDestination: { } copy, Copies: { } copies })
        {
            return [Checks.Skipped(CheckNames.SecondCopy, "second copies", "BACKUP_COPY_DESTINATION is not set")];
        }

        return
        [
            .. copies.Judge(
                found => [_facts.Inventory is { Failure: { } unlisted } ? NotKnown(CheckNames.SecondCopy, copy, unlisted)
                    : _facts is { HasCopyRetention: true, CopyRetention.Failure: { } wrong } ? Checks.Warning(CheckNames.SecondCopy, copy, wrong.Reason, wrong.Advice)
                    : CopyJudge.Judge(_facts.Inventory.Value!, found, _facts.HasCopyRetention ? _facts.CopyRetention?.Value : null, copy, _facts.Now)],
                failure => [failure.IsTimeOut ? Checks.Unknown(CheckNames.SecondCopy, copy, failure) : Checks.Warning(CheckNames.SecondCopy, copy, failure.Reason, failure.Advice)]),
            // Of what cannot be used, the check before tells.
            .. _facts.CopySetup is { Failure: null, Value.Bucket: { } bucket } setup
                ? [LifecycleJudge.Judge(bucket, _facts.Inventory.Value, _facts.CopyRetention?.Value, copy) with { Duration = setup.Duration }]
                : Array.Empty<HealthCheck>(),
        ];
    }

    private HealthCheck NotKnown(string name, string subject, ProbeFailure failure) => StoreJudge.NotKnown(name, subject, failure, _facts.Access.Failure is null);

    private TimeSpan? OplogInterval() =>
        Schedules.FirstOrDefault(item => item.Name == "Oplog") is { Schedule: { } cron } ? ScheduleRhythm.IntervalOf(cron, _facts.Now) : null;
}
