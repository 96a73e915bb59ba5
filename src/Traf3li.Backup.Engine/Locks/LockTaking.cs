using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Locks;

/// <summary>Takes locks.</summary>
internal sealed class LockTaking(IObjectStore store, LockOptions options, IEngineReporter reporter, TimeProvider time)
{
    private TimeSpan? _clockDifference;

    /// <summary>Takes a lock: one that nobody holds, whose lease has run out by the store's clock, or whose holder was a process of this system that has ended.</summary>
    /// <param name="name">Its name: letters, digits, dots, underscores and hyphens.</param>
    /// <param name="operation">What it is taken for.</param>
    /// <param name="wait">How long to wait while another holds it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupLockedException">Another holds it, and that long.</exception>
    public async Task<StoreLock> TakeAsync(string name, string operation, TimeSpan wait, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var lockObject = new LockObject(store, name);
        var text = new LockText
        {
            Holder = LockHolder.Current(),
            Operation = operation,
            Begun = time.GetUtcNow().UtcDateTime,
            LeaseSeconds = Math.Max(1, (int)options.Lease.TotalSeconds),
            Token = Guid.NewGuid().ToString("n"),
        };
        var isAnnounced = false;
        while (true)
        {
            var there = await lockObject.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (there is not { } found || await IsFreeAsync(lockObject.Key, found.Stored, found.Text, cancellationToken).ConfigureAwait(false))
            {
                if (await TryTakeAsync(lockObject, text, there?.Stored, cancellationToken).ConfigureAwait(false) is { } taken)
                {
                    return taken;
                }

                continue;
            }

            var locked = Locked(lockObject.Key, found.Stored, found.Text);
            var left = wait - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                throw locked;
            }

            if (!isAnnounced)
            {
                reporter.Verbose($"Waiting: {locked.Message}");
                isAnnounced = true;
            }

            await Task.Delay(left < options.Poll ? left : options.Poll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsFreeAsync(string key, StoredObject stored, LockText? text, CancellationToken cancellationToken)
    {
        if (text?.IsReleased == true)
        {
            return true;
        }

        if (text?.Holder.HasCertainlyEnded() == true)
        {
            reporter.Warning($"{text.Holder} has ended without giving back the lock {key}, which it had taken for a {text.Operation.ToLowerInvariant()} at {text.Begun:u}. It is taken over.");
            return true;
        }

        // Clocks are set while one waits, so nothing is taken by a difference that was measured before.
        var expiry = ExpiryOf(stored, text);
        if (time.GetUtcNow().UtcDateTime + _clockDifference <= expiry)
        {
            return false;
        }

        _clockDifference = await MeasureClockAsync(cancellationToken).ConfigureAwait(false);
        if (time.GetUtcNow().UtcDateTime + _clockDifference <= expiry)
        {
            return false;
        }

        reporter.Warning($"The lock {key} of {text?.Holder.ToString() ?? "someone"} was not renewed for longer than its lease. It is taken over.");
        return true;
    }

    private async Task<StoreLock?> TryTakeAsync(LockObject lockObject, LockText text, StoredObject? replaced, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await lockObject.WriteAsync(text, replaced is null ? null : replaced.Version ?? LockObject.NoVersion, cancellationToken).ConfigureAwait(false);
            if (!await lockObject.IgnoresConditionsAsync(text with { Renewal = 1 }, cancellationToken).ConfigureAwait(false))
            {
                // That a condition which holds lets a write pass is known once one has replaced another.
                if (replaced is not null)
                {
                    return new StoreLock(lockObject, text, stored.Version!, isWeak: false, options, reporter, time);
                }

                var renewed = text with { Renewal = 1 };
                stored = await lockObject.WriteAsync(renewed, stored.Version!, cancellationToken).ConfigureAwait(false);
                return new StoreLock(lockObject, renewed, stored.Version!, isWeak: false, options, reporter, time);
            }
        }
        catch (Exception exception) when (exception is ObjectExistsException or ObjectChangedException)
        {
            if (!await RefusesWhatHoldsAsync(lockObject, text, replaced, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            await lockObject.OverwriteAsync(text, cancellationToken).ConfigureAwait(false);
        }

        return await SettleAsync(lockObject, text, cancellationToken).ConfigureAwait(false);
    }

    // Ceph's gateway does, in a bucket that keeps versions: it compares with the version that is to be, of which there is nothing yet.
    private static async Task<bool> RefusesWhatHoldsAsync(LockObject lockObject, LockText text, StoredObject? replaced, CancellationToken cancellationToken) =>
        await lockObject.ReadAsync(cancellationToken).ConfigureAwait(false) is { } there
        && (there.Text?.Token == text.Token || (replaced?.Version is { } version && there.Stored.Version == version));

    // Of all who wrote at the same time the last one has the lock, which shows when no write of the others can be on its way any more.
    private async Task<StoreLock?> SettleAsync(LockObject lockObject, LockText text, CancellationToken cancellationToken)
    {
        var weakness = $"{store.DisplayName} does not keep a second writer out, so the lock {lockObject.Key} does not hold against a run that begins within the same few seconds on another machine.";
        if (options.IsWeakAccepted)
        {
            reporter.Verbose(weakness);
        }
        else
        {
            reporter.Warning($"{weakness} BACKUP_ACCEPT_WEAK_LOCK=true accepts that.");
        }

        await Task.Delay(options.Settle, time, cancellationToken).ConfigureAwait(false);
        return await lockObject.ReadAsync(cancellationToken).ConfigureAwait(false) is { Text: { } there } read && there.Token == text.Token
            ? new StoreLock(lockObject, there, read.Stored.Version ?? LockObject.NoVersion, isWeak: true, options, reporter, time)
            : null;
    }

    private async Task<TimeSpan> MeasureClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await StoreClock.MeasureAsync(store, LockObject.Folder, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StoreAccessDeniedException or BackupNotFoundException)
        {
            return TimeSpan.Zero;
        }
    }

    private DateTime ExpiryOf(StoredObject stored, LockText? text) => stored.LastModified + (text is null ? options.Lease : TimeSpan.FromSeconds(text.LeaseSeconds));

    private BackupLockedException Locked(string key, StoredObject stored, LockText? text) =>
        new(key, text?.Holder.ToString() ?? "Someone", text?.Operation ?? "unknown", text?.Begun ?? stored.LastModified, ExpiryOf(stored, text));
}
