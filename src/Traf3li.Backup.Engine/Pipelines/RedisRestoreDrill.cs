using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Verification;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Restores a backup of Redis that was read in full into an empty server, compares every key, and removes what it wrote. Without a server that was
/// named it starts one of this machine.
/// </summary>
internal sealed class RedisRestoreDrill(
    IObjectStore? store, BufferPool pool, ReplicationOptions limits, IEngineReporter reporter, TimeProvider time, ProblemList problems, List<string> warnings)
{
    private const int UsualDatabases = 16;
    private static readonly TimeSpan CleaningTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Restores, compares, cleans.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="contents">What was found in it.</param>
    /// <param name="named">The scratch server; null starts one.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="cancellationToken">Stops it; the scratch server is cleaned or ended all the same.</param>
    public async Task RunAsync(BackupInfo backup, RedisContents contents, RedisTarget? named, VerificationOptions options, CancellationToken cancellationToken)
    {
        if (named is not null)
        {
            await RequireFitAsync(backup, named, cancellationToken).ConfigureAwait(false);
            try
            {
                await RestoreAsync(backup, named, options, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await CleanAsync(backup, named).ConfigureAwait(false);
            }

            return;
        }

        var program = ScratchRedisServer.FindProgram() ?? throw new ConfigurationInvalidException(
            "ScratchUri",
            "no scratch server was named, and there is no redis-server or valkey-server on PATH to start.",
            "Use -ScratchUri with an empty server, set TEST_REDIS_URL, or install redis-server or valkey-server.");
        var databases = Math.Max(UsualDatabases, contents.Database.Count == 0 ? 0 : contents.Database.Max(database => database.Index) + 1);
        var server = await ScratchRedisServer.StartAsync(program, databases, time, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            reporter.Verbose($"Started {program} for the test.");
            await RestoreAsync(backup, server.Target, options, cancellationToken).ConfigureAwait(false);
        }
    }

    // Anything else is about the scratch server or the store, and says nothing of the backup: so does every code but ERR, such as OOM of a server that is
    // too small, or READONLY of one that became a replica.
    private static bool TellsOfBackup(Exception? exception) => exception
        is ArchiveCorruptException or ForeignFileException or RdbCorruptException or RdbUnsupportedException or ChecksumMismatchException
        or VerificationFailedException
        || (exception is ServerFailedException refused && refused.Reason.StartsWith("ERR ", StringComparison.Ordinal));

    private async Task RestoreAsync(BackupInfo backup, RedisTarget scratch, VerificationOptions options, CancellationToken cancellationToken)
    {
        var restore = new RestoreOptions { WorkingDirectory = options.WorkingDirectory, Backup = backup, Verify = true, NoSafetyBackup = true };
        try
        {
            var result = await new RedisRestorePipeline(scratch, store, pool, limits, reporter, time)
                .RunAsync(restore, options.Environment ?? backup.Environment, cancellationToken).ConfigureAwait(false);
            if (result.Redis!.Expired.Count > 0)
            {
                warnings.Add($"{result.Redis.Expired} keys have expired since the backup was taken; they were read, but a server takes them no more.");
            }

            foreach (var warning in result.Warning)
            {
                warnings.Add(warning);
            }
        }
        catch (RestoreFailedException exception) when (TellsOfBackup(exception.InnerException))
        {
            problems.Add($"It cannot be restored: {exception.InnerException!.Message}");
        }
        catch (RestoreFailedException exception) when (exception.InnerException is BackupException cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
    }

    private async Task RequireFitAsync(BackupInfo backup, RedisTarget named, CancellationToken cancellationToken)
    {
        var target = await RedisRestoreTarget.OpenAsync(named, limits.Connection, reporter, time, cancellationToken).ConfigureAwait(false);
        var hosts = target.Facts.Select(facts => facts.Endpoint.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (backup.Manifest is { } manifest && (hosts.Contains(manifest.Server.Host) || manifest.Redis?.Shard.Any(shard => hosts.Contains(shard.Host)) == true))
        {
            throw new ConfigurationInvalidException("ScratchUri", $"{target.Host} is the server that the backup was taken from.", "Name an empty server that is used for nothing else.");
        }

        var functions = await new RestoredFunctions(target, limits.Connection, time).ListAsync(cancellationToken).ConfigureAwait(false);
        if (target.Keys.Count > 0 || functions.Count > 0)
        {
            var held = target.Keys.Count > 0 ? string.Join(", ", target.Keys.Select(item => $"{item.Value} keys in {RedisRestorePlanner.Name(item.Key)}")) : "libraries of functions";
            throw new ConfigurationInvalidException("ScratchUri", $"{target.Host} is not empty: it holds {held}.", "Name an empty server that is used for nothing else.");
        }
    }

    /// <summary>Deletes the backup's keys and the functions, which were not there before.</summary>
    private async Task CleanAsync(BackupInfo backup, RedisTarget named)
    {
        using var timeout = new CancellationTokenSource(CleaningTimeout, time);
        try
        {
            var target = await RedisRestoreTarget.OpenAsync(named, limits.Connection, reporter, time, timeout.Token).ConfigureAwait(false);
            var keys = new KeyRemoval(target, limits.Connection, time);
            var reader = new RedisBackupReader(backup, store, pool);
            for (var part = 0; part < reader.Parts.Count; part++)
            {
                var plain = await reader.OpenAsync(part, timeout.Token).ConfigureAwait(false);
                await using (plain.ConfigureAwait(false))
                {
                    await RdbReader.RunAsync(plain, reader.Parts[part].Name, rdb => keys.Remove(rdb, timeout.Token), timeout.Token).ConfigureAwait(false);
                }
            }

            await keys.RemoveMarkerAsync(timeout.Token).ConfigureAwait(false);
            await new RestoredFunctions(target, limits.Connection, time).DeleteExtraAsync(new HashSet<string>(StringComparer.Ordinal), timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            var warning = $"The scratch server still holds keys of the test; empty it by hand (FLUSHALL). {exception.Message}";
            warnings.Add(warning);
            reporter.Warning(warning);
        }
    }
}
