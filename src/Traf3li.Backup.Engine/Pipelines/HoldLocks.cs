using System.Collections.Concurrent;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>What holds ask of the Object Lock of a bucket, for all that a backup consists of: its objects and its manifest.</summary>
internal sealed class HoldLocks(IObjectLocks locks, IReadOnlyList<string> parts, IEngineReporter reporter, DateTime now)
{
    private const int AtOnce = 8;
    // Stores keep times to the second or the millisecond.
    private static readonly TimeSpan Same = TimeSpan.FromSeconds(1);

    /// <summary>The locks of a backup; null where the store has none.</summary>
    public static async Task<HoldLocks?> OpenAsync(IObjectStore store, string key, IEngineReporter reporter, DateTime now, CancellationToken cancellationToken) =>
        store.ObjectLocks is not { } locks || await locks.AreOnAsync(cancellationToken).ConfigureAwait(false) is { IsKnown: true, Value: false }
            ? null
            : new HoldLocks(locks, await PartsAsync(store, key, cancellationToken).ConfigureAwait(false), reporter, now);

    /// <summary>The hold with what it has to ask for, given what is there.</summary>
    public async Task<BackupHold> PlanAsync(BackupHold hold, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(cancellationToken).ConfigureAwait(false);
        if (hold.Until is not { } until)
        {
            // The legal hold of somebody else is not ours to lift one day.
            return hold with { ObjectLock = states.All(state => state.IsHeld) ? HoldLock.None : HoldLock.LegalHold };
        }

        var before = states.Select(InForce).Where(retention => retention is { Mode: ObjectLockMode.Governance } && retention.Until < until).Max(retention => retention?.Until);
        return hold with { ObjectLock = states.All(state => InForce(state)?.Until >= until) ? HoldLock.None : HoldLock.Retention, RetainedUntil = before };
    }

    /// <summary>Sets the locks of a hold. What fails is a warning: the hold itself stands.</summary>
    public async Task SetAsync(BackupHold hold, CancellationToken cancellationToken)
    {
        var failed = hold.ObjectLock switch
        {
            HoldLock.LegalHold => await ForEachAsync((key, token) => locks.HoldAsync(key, isHeld: true, token), cancellationToken).ConfigureAwait(false),
            HoldLock.Retention when hold.Until is { } until && until > now => await ForEachAsync((key, token) => RetainAsync(key, until, token), cancellationToken).ConfigureAwait(false),
            _ => [],
        };
        if (failed.Count > 0)
        {
            reporter.Warning($"{hold.Key} is held, but its bucket has not locked {failed.Count} of its {ReasonText.Count(parts.Count, "object")}: {failed[0].Message}");
        }
    }

    /// <summary>Takes back what a hold has set.</summary>
    /// <exception cref="BackupException">The store refused it for one of the objects.</exception>
    public async Task LiftAsync(BackupHold hold, CancellationToken cancellationToken)
    {
        var failed = hold.ObjectLock switch
        {
            HoldLock.LegalHold => await ForEachAsync(ReleaseAsync, cancellationToken).ConfigureAwait(false),
            HoldLock.Retention when hold.Until is { } until => await ForEachAsync((key, token) => ShortenAsync(key, until, hold.RetainedUntil, token), cancellationToken).ConfigureAwait(false),
            _ => [],
        };
        if (failed.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed[0]);
        }
    }

    /// <summary>What still keeps the backup, in words; null when nothing does.</summary>
    public async Task<string?> RemainsAsync(CancellationToken cancellationToken)
    {
        var state = ObjectLockState.Of(await StatesAsync(cancellationToken).ConfigureAwait(false));
        string?[] reasons = [InForce(state) is { } retention ? ReasonText.Locked(retention) : null, state.IsHeld ? "held by a legal hold" : null];
        return string.Join(" and ", reasons.OfType<string>()) is { Length: > 0 } text ? text : null;
    }

    private static async Task<IReadOnlyList<string>> PartsAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        var manifestKey = BackupKey.ManifestOf(key);
        List<string> named = [key, manifestKey];
        try
        {
            var manifest = await new BackupCatalog(store).TryReadManifestAsync(key, cancellationToken).ConfigureAwait(false);
            named.AddRange(manifest?.Redis?.Shard.Select(shard => shard.Key) ?? []);
        }
        catch (Exception exception) when (exception is ManifestCorruptException or ManifestVersionException or ObjectArchivedException)
        {
            // What it names is not known, and so what is known is locked.
        }

        var parts = new List<string>();
        foreach (var part in named.Distinct(StringComparer.Ordinal))
        {
            if (await store.FindAsync(part, cancellationToken).ConfigureAwait(false) is not null)
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    private RetentionLock? InForce(ObjectLockState state) => state.Retention is { } retention && retention.Until > now ? retention : null;

    private async Task<ObjectLockState[]> StatesAsync(CancellationToken cancellationToken)
    {
        var states = new ObjectLockState[parts.Count];
        await Parallel.ForAsync(0, parts.Count, Options(cancellationToken), async (index, token) => states[index] = await locks.FindAsync(parts[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return states;
    }

    // A longer retention stays, and so does one that only the service may end.
    private async Task RetainAsync(string key, DateTime until, CancellationToken cancellationToken)
    {
        var present = InForce(await locks.FindAsync(key, cancellationToken).ConfigureAwait(false));
        if (present is { Mode: ObjectLockMode.Compliance } && present.Until < until)
        {
            throw new StoreFailedException("Retain", key, $"it is {ReasonText.Locked(present)}, which is not for this command to make longer.");
        }

        if (!(present?.Until >= until))
        {
            await locks.RetainAsync(key, until, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync(string key, CancellationToken cancellationToken)
    {
        if (await locks.FindAsync(key, cancellationToken).ConfigureAwait(false) is { IsHeld: true } or { Unknown.Count: > 0 })
        {
            await locks.HoldAsync(key, isHeld: false, cancellationToken).ConfigureAwait(false);
        }
    }

    // One that others have made longer or stricter meanwhile is theirs.
    private async Task ShortenAsync(string key, DateTime until, DateTime? before, CancellationToken cancellationToken)
    {
        var present = InForce(await locks.FindAsync(key, cancellationToken).ConfigureAwait(false));
        if (present is { Mode: ObjectLockMode.Governance } && (present.Until - until).Duration() <= Same)
        {
            await locks.ShortenAsync(key, before > now ? before : null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<BackupException>> ForEachAsync(Func<string, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentQueue<BackupException>();
        await Parallel.ForEachAsync(parts, Options(cancellationToken), async (key, token) =>
        {
            try
            {
                await change(key, token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is StoreAccessDeniedException or StoreFailedException)
            {
                failed.Enqueue((BackupException)exception);
            }
        }).ConfigureAwait(false);
        return [.. failed];
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
}
