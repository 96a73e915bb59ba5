using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Everything that health is judged by. What was not asked for, since nothing is set, is null.</summary>
internal sealed record HealthFacts
{
    /// <summary>The time, UTC.</summary>
    public required DateTime Now { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>The destination without any secret; empty when none is set.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether the destination is a bucket.</summary>
    public bool IsBucket { get; init; }

    /// <summary>The second destination without any secret; null when none is set.</summary>
    public string? CopyDestination { get; init; }

    /// <summary>Whether the second destination has a retention of its own.</summary>
    public bool HasCopyRetention { get; init; }

    /// <summary>How long copies are kept; null where no second destination is set.</summary>
    public ProbeResult<RetentionPolicy>? CopyRetention { get; init; }

    /// <summary>How the second destination is set up; null where none is set.</summary>
    public ProbeResult<StoreFacts>? CopySetup { get; init; }

    /// <summary>Whether notifications are switched on.</summary>
    public bool IsNotifying { get; init; }

    /// <summary>The schedules.</summary>
    public required ProbeResult<IReadOnlyList<ScheduledBackup>> Schedules { get; init; }

    /// <summary>The most bytes that backups may take; null for no limit.</summary>
    public required ProbeResult<long?> Quota { get; init; }

    /// <summary>After how many days a drill is due.</summary>
    public required ProbeResult<int> DrillDays { get; init; }

    /// <summary>How long backups are kept.</summary>
    public required ProbeResult<RetentionPolicy> Retention { get; init; }

    /// <summary>The checks whose warnings are accepted.</summary>
    public required ProbeResult<IReadOnlyList<string>> Accepted { get; init; }

    /// <summary>Whether the destination can be listed and read.</summary>
    public required ProbeResult<bool> Access { get; init; }

    /// <summary>Whether it can be written.</summary>
    public required ProbeResult<StoreProbeFacts> Writing { get; init; }

    /// <summary>How it is set up.</summary>
    public required ProbeResult<StoreFacts> Setup { get; init; }

    /// <summary>The backups.</summary>
    public required ProbeResult<InventoryFacts> Inventory { get; init; }

    /// <summary>The history.</summary>
    public required ProbeResult<RunFacts> Runs { get; init; }

    /// <summary>The locks that are held.</summary>
    public required ProbeResult<IReadOnlyList<LockFacts>> Locks { get; init; }

    /// <summary>The notifications that failed.</summary>
    public required ProbeResult<IReadOnlyList<FailedNotification>> FailedNotifications { get; init; }

    /// <summary>What became of trying the channels of notifications.</summary>
    public required ProbeResult<IReadOnlyList<NotificationResult>> Channels { get; init; }

    /// <summary>The second copies.</summary>
    public ProbeResult<CopyFacts>? Copies { get; init; }

    /// <summary>The MongoDB server.</summary>
    public ProbeResult<(string Description, IReadOnlyList<string> Warnings)>? Mongo { get; init; }

    /// <summary>Whether all of it may be read.</summary>
    public ProbeResult<(string Description, IReadOnlyList<string> Warnings)>? MongoRights { get; init; }

    /// <summary>What restores have left in it.</summary>
    public ProbeResult<IReadOnlyList<RestoreJournalEntry>>? Journals { get; init; }

    /// <summary>The time that its oplog holds; null where slices of it are not asked for.</summary>
    public ProbeResult<TimeSpan?>? OplogWindow { get; init; }

    /// <summary>The Redis server.</summary>
    public ProbeResult<(string Description, IReadOnlyList<string> Warnings)>? Redis { get; init; }

    /// <summary>How it may be read.</summary>
    public ProbeResult<(string Description, IReadOnlyList<string> Warnings)>? RedisRights { get; init; }

    /// <summary>What a restore has left in it.</summary>
    public ProbeResult<(UnfinishedRestore Restore, bool IsAlive)?>? Marker { get; init; }
}
