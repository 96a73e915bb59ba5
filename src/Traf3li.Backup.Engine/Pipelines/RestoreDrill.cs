using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Verification;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Restores a backup that was read in full into databases of its own on a scratch server, compares what is there then, and drops them again
/// in any case.
/// </summary>
internal sealed class RestoreDrill(
    MongoConnection scratch, IObjectStore? store, BufferPool pool, IEngineReporter reporter, TimeProvider time, ProblemList problems, List<string> warnings)
{
    private static readonly TimeSpan DropTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Restores, compares, drops.</summary>
    public async Task RunAsync(BackupInfo backup, BackupContents contents, VerificationOptions options, CancellationToken cancellationToken)
    {
        var restorable = RestoreNamespace.ReadAll(contents.Prelude!, backup.Manifest, backup.Key)
            .Where(item => !item.IsUsersAndRoles && item.Database.Length > 0)
            .ToArray();
        if (restorable.Length == 0)
        {
            warnings.Add("The backup holds no collection that could be restored.");
            CriticalCollections.Check(options.CriticalCollection, [], problems);
            return;
        }

        if (backup.Manifest?.Server.Host == scratch.Host)
        {
            warnings.Add($"The scratch server {scratch.Host} is the one that the backup was taken from; better test on another one.");
        }

        var names = new ScratchNames(restorable.Select(item => item.Database));
        try
        {
            var result = await new RestorePipeline(scratch, store, pool, reporter, time)
                .RunAsync(Describe(backup, names, options), options.Environment ?? backup.Environment, cancellationToken).ConfigureAwait(false);
            var comparison = new ScratchComparison(scratch, names, contents, problems);
            await comparison.CompareAsync(restorable, result, cancellationToken).ConfigureAwait(false);
            CriticalCollections.Check(options.CriticalCollection, await comparison.FindCandidatesAsync(cancellationToken).ConfigureAwait(false), problems);
        }
        catch (BackupException exception) when (TellsOfBackup(exception))
        {
            problems.Add($"It cannot be restored: {exception.Message}");
        }
        finally
        {
            await DropAsync(names).ConfigureAwait(false);
        }
    }

    private static RestoreOptions Describe(BackupInfo backup, ScratchNames names, VerificationOptions options) => new()
    {
        WorkingDirectory = options.WorkingDirectory,
        Backup = backup,
        NamespaceMap = names.Map,
        NoSafetyBackup = true,
    };

    // Anything else is about the scratch server or the store, and says nothing of the backup.
    private static bool TellsOfBackup(BackupException exception) => exception
        is ArchiveCorruptException or ForeignFileException or ManifestCorruptException or ChecksumMismatchException
        or VerificationFailedException or DocumentsRefusedException or RestoreFailedException or OplogGapException or ServerFailedException;

    private async Task DropAsync(ScratchNames names)
    {
        using var timeout = new CancellationTokenSource(DropTimeout, time);
        try
        {
            foreach (var database in await new CollectionCatalog(scratch).ListDatabasesAsync(timeout.Token).ConfigureAwait(false))
            {
                if (names.IsScratch(database))
                {
                    await scratch.RunAsync(database, new MongoDB.Bson.BsonDocument("dropDatabase", 1), timeout.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            var warning = $"The databases {names.Prefix}* could not be dropped from {scratch.Host}; drop them by hand. {exception.Message}";
            warnings.Add(warning);
            reporter.Warning(warning);
        }
    }
}
