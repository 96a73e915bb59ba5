using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Clears away what killed runs left half uploaded.</summary>
internal static class StaleUploads
{
    /// <summary>Uploads are removed after this time, and not before: another run may be at work.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(24);

    /// <summary>Removes them.</summary>
    public static async Task RemoveAsync(IObjectStore store, IEngineReporter reporter, DateTime now, CancellationToken cancellationToken)
    {
        var removed = await store.RemoveStaleUploadsAsync(BackupKey.Root, now - Age, cancellationToken).ConfigureAwait(false);
        if (removed > 0)
        {
            reporter.Verbose($"Removed {removed} unfinished uploads of earlier runs from {store.DisplayName}.");
        }
    }
}
