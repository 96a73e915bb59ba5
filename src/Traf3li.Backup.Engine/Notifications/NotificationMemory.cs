using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>
/// Reads and writes what is remembered of notifications so that nothing depends on it: where it cannot be had, one is sent too often rather than not at all.
/// </summary>
internal sealed class NotificationMemory(IObjectStore? store, NotificationSubject subject, IEngineReporter reporter, TimeProvider time)
{
    // A store that does not answer at once is perhaps what the notification is about.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostAttempts = 4;

    private bool _isReachable = true;
    private NotificationState _state = new();
    private UploadOptions? _condition;

    /// <summary>What is remembered; nothing where it cannot be read.</summary>
    public async Task<NotificationState> ReadAsync(CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return new NotificationState();
        }

        try
        {
            (_state, _condition) = await WithinAsync(token => new NotificationStateStore(store).ReadAsync(subject, token), cancellationToken).ConfigureAwait(false);
            return _state;
        }
        catch (Exception exception) when (exception is BackupException or IOException or OperationCanceledException)
        {
            _isReachable = exception is StoreFailedException;
            reporter.Verbose($"What was notified before is not known ({Reason(exception)}), so the notification is sent as if it were the first.");
            return new NotificationState();
        }
    }

    /// <summary>Remembers what a run has changed, also where another one has changed it meanwhile. A failure is a warning, unless the credentials may only read.</summary>
    public async Task<string?> WriteAsync(Func<NotificationState, NotificationState> change, CancellationToken cancellationToken)
    {
        if (store is null || !_isReachable)
        {
            return null;
        }

        try
        {
            await WithinAsync(
                async token =>
                {
                    await WriteAsync(new NotificationStateStore(store), change, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StoreAccessDeniedException exception)
        {
            reporter.Verbose($"What was notified cannot be remembered, so it may come again: {exception.Message}");
            return null;
        }
        catch (Exception exception) when (exception is BackupException or IOException or OperationCanceledException)
        {
            return $"What was notified could not be remembered ({Reason(exception)}), so the same notification may come again.";
        }
    }

    private async Task WriteAsync(NotificationStateStore states, Func<NotificationState, NotificationState> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Ceph refuses every condition in a bucket that keeps versions; then the last who writes is right.
                await states.WriteAsync(subject, change(_state), attempt < MostAttempts ? _condition : null, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is ObjectChangedException or ObjectExistsException && attempt < MostAttempts)
            {
                (_state, _condition) = await states.ReadAsync(subject, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string Reason(Exception exception) => exception is OperationCanceledException ? "the destination did not answer in time" : exception.Message;

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await work(both.Token).ConfigureAwait(false);
    }
}
