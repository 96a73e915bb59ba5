using System.Globalization;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Gathers the facts. Everything is asked at once, each question within its own limit of time and through a connection of its own, so that one that hangs holds up no other.</summary>
internal sealed class HealthProbes(HealthOptions options, EngineSettings settings, IEngineReporter reporter, TimeProvider time)
{
    // Whoever refuses should be heard before the limit is up.
    private const double ConnectShare = 0.6;

    private readonly Probe _probe = new(options.Timeout, reporter, time);
    private readonly TimeSpan _connect = options.Timeout * ConnectShare;

    /// <summary>Gathers all of it.</summary>
    public async Task<HealthFacts> RunAsync(CancellationToken cancellationToken)
    {
        var store = new StoreQuestions(_probe, () => settings, _connect, time, cancellationToken);
        var access = store.AskAsync("the destination", async (opened, _, token) =>
        {
            await opened.CheckAccessAsync(write: false, token).ConfigureAwait(false);
            return true;
        });
        var writing = store.AskAsync("the destination", async (opened, _, token) => new StoreProbeFacts(await StoreClock.MeasureAsync(opened, time, token).ConfigureAwait(false)));
        var setup = store.AskAsync("the destination", (opened, _, token) => opened.InspectAsync(token));
        var inventory = store.AskAsync("the list of backups", (opened, _, token) => new InventoryReader(opened, settings.Environment).ReadAsync(token));
        var runs = store.AskAsync("the history", (opened, told, token) => RunFacts.ReadAsync(opened, settings.Environment, DrillDays(), options.WorkingDirectory, told, time, token));
        var locks = store.AskAsync("the list of locks", (opened, _, token) => LockFacts.ReadAsync(opened, token));
        var failures = store.AskAsync("what is remembered of notifications", (opened, _, token) => NotificationCheck.FindFailuresAsync(opened, settings.Environment, time.GetUtcNow().UtcDateTime, token));
        var second = settings.HasCopyDestination ? new StoreQuestions(_probe, settings.ForCopies, _connect, time, cancellationToken) : null;
        var copies = second?.AskAsync("the second destination", (opened, _, token) => CopyFacts.ReadAsync(opened, token));
        var copySetup = second?.AskAsync("the second destination", (opened, _, token) => opened.InspectAsync(token));
        var copyRetention = second is null
            ? null
            : _probe.RunAsync("the settings", (_, _) => Task.FromResult(RetentionPolicy.From(new RetentionOptions { WorkingDirectory = options.WorkingDirectory }, settings.ForCopies())), cancellationToken);
        var channels = _probe.RunAsync("a channel of notifications", (told, token) => new NotificationCheck(settings, told, time).RunAsync(token), cancellationToken);
        var schedules = _probe.RunAsync("the settings", (_, _) => Task.FromResult(BackupSchedules.From(settings, time.LocalTimeZone)), cancellationToken);
        var quota = _probe.RunAsync("the settings", (_, _) => Task.FromResult(settings.IsSet(KnownSettings.Quota) ? settings.Require(KnownSettings.Quota) : (long?)null), cancellationToken);
        var drillDays = _probe.RunAsync("the settings", (_, _) => Task.FromResult(settings.Require(KnownSettings.DrillDays)), cancellationToken);
        var retention = _probe.RunAsync("the settings", (_, _) => Task.FromResult(RetentionPolicy.From(new RetentionOptions { WorkingDirectory = options.WorkingDirectory }, settings)), cancellationToken);
        var accepted = _probe.RunAsync("the settings", (_, _) => Task.FromResult(settings.IsSet(KnownSettings.HealthAccept) ? settings.Require(KnownSettings.HealthAccept) : []), cancellationToken);
        var mongo = settings.IsSet(KnownSettings.MongoUri) ? new MongoQuestions(_probe, settings, options.WorkingDirectory, _connect, time, cancellationToken) : null;
        var redis = settings.IsSet(KnownSettings.RedisUrl) ? new RedisQuestions(_probe, settings, _connect, time, cancellationToken) : null;
        var destination = DestinationOf(() => settings.Destination);
        return new HealthFacts
        {
            Now = time.GetUtcNow().UtcDateTime,
            Environment = settings.Environment,
            Destination = settings.HasDestination ? destination?.DisplayName ?? "the destination" : "",
            IsBucket = destination is S3Destination,
            CopyDestination = settings.HasCopyDestination ? DestinationOf(() => settings.CopyDestination)?.DisplayName ?? "the second destination" : null,
            HasCopyRetention = settings.HasCopyRetention,
            IsNotifying = IsNotifying(),
            Schedules = await schedules.ConfigureAwait(false),
            Quota = await quota.ConfigureAwait(false),
            DrillDays = await drillDays.ConfigureAwait(false),
            Retention = await retention.ConfigureAwait(false),
            Accepted = await accepted.ConfigureAwait(false),
            Access = await access.ConfigureAwait(false),
            Writing = await writing.ConfigureAwait(false),
            Setup = await setup.ConfigureAwait(false),
            Inventory = await inventory.ConfigureAwait(false),
            Runs = await runs.ConfigureAwait(false),
            Locks = await locks.ConfigureAwait(false),
            FailedNotifications = await failures.ConfigureAwait(false),
            Channels = await channels.ConfigureAwait(false),
            Copies = copies is null ? null : await copies.ConfigureAwait(false),
            CopySetup = copySetup is null ? null : await copySetup.ConfigureAwait(false),
            CopyRetention = copyRetention is null ? null : await copyRetention.ConfigureAwait(false),
            Mongo = mongo is null ? null : await mongo.Server.ConfigureAwait(false),
            MongoRights = mongo is null ? null : await mongo.Rights.ConfigureAwait(false),
            Journals = mongo is null ? null : await mongo.Journals.ConfigureAwait(false),
            OplogWindow = mongo?.OplogWindow is { } window ? await window.ConfigureAwait(false) : null,
            Redis = redis is null ? null : await redis.Server.ConfigureAwait(false),
            RedisRights = redis is null ? null : await redis.Rights.ConfigureAwait(false),
            Marker = redis is null ? null : await redis.Marker.ConfigureAwait(false),
        };
    }

    // A slip in it is told by the check of drills.
    private int DrillDays()
    {
        try
        {
            return settings.Require(KnownSettings.DrillDays);
        }
        catch (ConfigurationInvalidException)
        {
            return int.Parse(KnownSettings.DrillDays.Default!, CultureInfo.InvariantCulture);
        }
    }

    private bool IsNotifying()
    {
        try
        {
            return NotificationSettings.PolicyOf(settings, options.Notify) != NotificationPolicy.Never;
        }
        catch (ConfigurationInvalidException)
        {
            // A slip in it does not silence alerts.
            return true;
        }
    }

    private static Destination? DestinationOf(Func<Destination> read)
    {
        try
        {
            return read();
        }
        catch (ConfigurationInvalidException)
        {
            // The probe of the destination tells.
            return null;
        }
    }
}
