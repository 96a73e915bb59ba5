using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Locks;

/// <summary>
/// A lock that is held: renewed in the background until it is released. Whoever stops renewing loses it after its lease, so a machine that died
/// locks nobody out for long; and whoever lost it is told at the next renewal.
/// </summary>
internal sealed class StoreLock : IAsyncDisposable
{
    private readonly LockObject _object;
    private readonly IEngineReporter _reporter;
    private readonly TimeProvider _time;
    private readonly bool _isWeak;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Task _renewing;
    private LockText _text;
    private string _version;
    private bool _isEnded;

    internal StoreLock(LockObject lockObject, LockText text, string version, bool isWeak, LockOptions options, IEngineReporter reporter, TimeProvider time)
    {
        _object = lockObject;
        _text = text;
        _version = version;
        _isWeak = isWeak;
        _reporter = reporter;
        _time = time;
        _renewing = RenewAllAsync(options.Renewal);
    }

    /// <summary>The key of the lock's object.</summary>
    public string Key => _object.Key;

    /// <summary>Signalled when another run has taken the lock.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether another run has taken the lock.</summary>
    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>Renews the lock now. When this returns, nobody else can have it for a lease.</summary>
    /// <exception cref="BackupLockLostException">Another run has it.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsLost || !await TrySwapAsync(_text with { Renewal = _text.Renewal + 1 }, cancellationToken).ConfigureAwait(false))
            {
                await _lost.CancelAsync().ConfigureAwait(false);
                throw new BackupLockLostException(Key);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the lock back, unless another run has it.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isEnded && !IsLost)
            {
                _isEnded = true;
                await TrySwapAsync(_text with { IsReleased = true, Renewal = _text.Renewal + 1 }, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _lost.Dispose();
        _gate.Dispose();
    }

    private async Task RenewAllAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _time);
        while (!IsLost && await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            try
            {
                await ConfirmAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (BackupLockLostException)
            {
                return;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                // Whatever it was: who stops renewing loses the lock.
                _reporter.Verbose($"The lock {Key} could not be renewed just now: {RunErrors.Describe(exception)}");
            }
        }
    }

    private async Task<bool> TrySwapAsync(LockText text, CancellationToken cancellationToken)
    {
        // A write whose answer was lost has made a version that is not known here, but is this run's.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (attempt > 0 || _isWeak)
            {
                if (await _object.ReadAsync(cancellationToken).ConfigureAwait(false) is not { Text: { } there } read || there.Token != _text.Token || read.Stored.Version is null)
                {
                    return false;
                }

                _version = read.Stored.Version;
            }

            try
            {
                var stored = _isWeak
                    ? await _object.OverwriteAsync(text, cancellationToken).ConfigureAwait(false)
                    : await _object.WriteAsync(text, _version, cancellationToken).ConfigureAwait(false);
                (_text, _version) = (text, stored.Version ?? LockObject.NoVersion);
                return true;
            }
            catch (ObjectChangedException)
            {
                // Looked at in the next attempt.
            }
        }

        return false;
    }
}
