using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Finishes or cleans up what a killed restore left on the target.</summary>
internal sealed class RestoreRecovery(MongoConnection connection, BufferPool pool, IEngineReporter reporter)
{
    /// <summary>Looks through all databases that this user may see. Returns whether anything had been left.</summary>
    /// <exception cref="RestoreInProgressException">A restore into one of <paramref name="databases" /> is running.</exception>
    public async Task<bool> RecoverAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        var found = false;
        var all = await new CollectionCatalog(connection).ListDatabasesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var entry in await RestoreJournal.FindAsync(connection, all, cancellationToken).ConfigureAwait(false))
        {
            if (entry.IsAbandoned())
            {
                await RecoverAsync(entry, cancellationToken).ConfigureAwait(false);
                found = true;
            }
            else if (entry.Databases.Intersect(databases, StringComparer.Ordinal).FirstOrDefault() is { } shared)
            {
                throw new RestoreInProgressException(shared, entry.Owner.ToString());
            }
        }

        return found;
    }

    /// <summary>Drops the staged collections of one restore.</summary>
    public static async Task DropStagedAsync(MongoConnection connection, IEnumerable<string> databases, string id, CancellationToken cancellationToken)
    {
        var prefix = RestoreJournal.StagingPrefixOf(id);
        foreach (var database in databases)
        {
            foreach (var name in await new CollectionCatalog(connection).ListNamesAsync(database, prefix, cancellationToken).ConfigureAwait(false))
            {
                await CollectionCreator.DropAsync(connection, database, name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RecoverAsync(RestoreJournalEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IsFinishing)
        {
            await new FinishRunner(connection, pool, commitQuorum: null).RunAsync(entry.Steps).ConfigureAwait(false);
            reporter.Warning(
                $"An earlier restore of {entry.BackupKey} ({entry.Owner}) was stopped while it put verified collections into place; its last {entry.Steps.Count} steps have now been done.");
        }
        else if (entry.IsInPlace)
        {
            reporter.Warning($"An earlier restore of {entry.BackupKey} ({entry.Owner}) into {string.Join(", ", entry.Databases)} was stopped while it wrote in place: its collections are partial until a restore into them completes.");
        }
        else
        {
            reporter.Verbose($"Dropped what an earlier restore of {entry.BackupKey} ({entry.Owner}) had staged; live data had not been touched by it.");
        }

        await DropStagedAsync(connection, entry.Databases, entry.Id, cancellationToken).ConfigureAwait(false);
        await RestoreJournal.RemoveAsync(connection, entry.Database, entry.Id, cancellationToken).ConfigureAwait(false);
    }
}
