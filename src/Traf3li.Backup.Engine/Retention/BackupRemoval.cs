using System.Runtime.ExceptionServices;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>Removes backups, many at once: first the manifests, then the objects of those whose manifest is gone. What stays is named, and keeps no other.</summary>
internal sealed class BackupRemoval(IObjectStore store, IEngineReporter reporter)
{
    // A right that is missing is missing for thousands.
    private const int MostWarnings = 20;

    private readonly List<BackupException> _failures = [];

    /// <summary>Removes backups; gives those of which nothing is left.</summary>
    public async Task<IReadOnlySet<StoredBackup>> RunAsync(IReadOnlyList<StoredBackup> backups, CancellationToken cancellationToken)
    {
        var withoutManifest = await DeleteAsync(backups, backup => backup.ManifestKey is { } key ? [key] : [], cancellationToken).ConfigureAwait(false);
        var gone = await DeleteAsync(withoutManifest, backup => backup.ObjectKeys, cancellationToken).ConfigureAwait(false);
        gone = await DeleteAsync(gone, backup => backup.HoldKey is { } key ? [key] : [], cancellationToken).ConfigureAwait(false);
        return gone.ToHashSet();
    }

    /// <summary>Ends a run that could not remove all.</summary>
    /// <exception cref="BackupException">The first reason why an object stayed.</exception>
    public void ThrowIfIncomplete()
    {
        if (_failures.Count > MostWarnings)
        {
            reporter.Warning($"{ReasonText.Count(_failures.Count - MostWarnings, "more object")} could not be removed.");
        }

        if (_failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(_failures[0]);
        }
    }

    private async Task<IReadOnlyList<StoredBackup>> DeleteAsync(IReadOnlyList<StoredBackup> backups, Func<StoredBackup, IReadOnlyList<string>> keys, CancellationToken cancellationToken)
    {
        var all = backups.SelectMany(keys).ToList();
        if (all.Count == 0)
        {
            return backups;
        }

        var failed = await store.DeleteAsync(all, cancellationToken).ConfigureAwait(false);
        foreach (var (key, error) in failed.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _failures.Add(error);
            if (_failures.Count <= MostWarnings)
            {
                reporter.Warning($"{key} was not removed: {error.Message}");
            }
        }

        return [.. backups.Where(backup => !keys(backup).Any(failed.ContainsKey))];
    }
}
