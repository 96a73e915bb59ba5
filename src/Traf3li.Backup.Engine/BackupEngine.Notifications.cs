using Traf3li.Backup.Engine.Notifications;

namespace Traf3li.Backup.Engine;

/// <summary>Test notifications.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<NotificationResult>> TestNotificationAsync(NotificationOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        var tester = new NotificationTester(settings, reporter, _time);
        if (!settings.HasDestination)
        {
            return await tester.RunAsync(store: null, options.Channel, cancellationToken).ConfigureAwait(false);
        }

        var store = await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await tester.RunAsync(store, options.Channel, cancellationToken).ConfigureAwait(false);
        }
    }
}
