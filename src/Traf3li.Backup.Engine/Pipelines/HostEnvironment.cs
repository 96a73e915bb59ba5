using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Finds out which environment a server belongs to: that of the backups that were taken from it.</summary>
internal static class HostEnvironment
{
    private const int Looked = 20;

    /// <summary>The environment that one of the newest backups records a host for, when it is not the given backup's own; null when it is, or unknown.</summary>
    /// <param name="store">The destination; null knows nothing.</param>
    /// <param name="backup">The backup to restore.</param>
    /// <param name="host">The target, as manifests name servers.</param>
    /// <param name="workingDirectory">Where relative paths start.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public static async Task<string?> FindForeignAsync(
        IObjectStore? store, BackupInfo backup, string host, string workingDirectory, CancellationToken cancellationToken)
    {
        if (store is null || backup.Environment.Length == 0)
        {
            return null;
        }

        var query = new BackupQuery { WorkingDirectory = workingDirectory, Latest = Looked };
        await foreach (var other in new BackupCatalog(store).ListAsync(query, cancellationToken).ConfigureAwait(false))
        {
            if (other.Manifest?.Server.Host == host && other.Environment != backup.Environment)
            {
                return other.Environment;
            }
        }

        return null;
    }

    /// <summary>The warning for a plan.</summary>
    public static string Warning(BackupInfo backup, string host, string environment) =>
        $"The backup is of environment '{backup.Environment}', and {host} is recorded as '{environment}'.";
}
