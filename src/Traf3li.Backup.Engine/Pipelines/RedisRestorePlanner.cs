using System.Globalization;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Decides what a restore of Redis does, and refuses what cannot go well. It writes nothing.</summary>
internal sealed class RedisRestorePlanner(
    RedisTarget given, RedisRestoreSizes sizes, RedisConnectionOptions connection, IObjectStore? store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    private const int MostNamed = 5;

    /// <summary>Asks the target, and the backup where it has no manifest.</summary>
    public async Task<RedisRestoreLayout> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        var selection = new KeySelection(options.KeyPattern, options.DatabaseIndex);
        var contents = await ReadContentsAsync(options.Backup, cancellationToken).ConfigureAwait(false);
        RequireDatabases(options, contents);
        var target = await RedisRestoreTarget.OpenAsync(given, connection, reporter, time, cancellationToken).ConfigureAwait(false);
        var chosen = contents.Databases.Where(database => selection.Takes(database.Index)).ToArray();
        var highest = chosen.Length == 0 ? 0 : chosen.Max(database => database.Index);
        if (target.IsCluster && highest > 0)
        {
            throw new ServerUnsupportedException(
                target.Host,
                $"it is a cluster, which has database 0 only, and the backup has keys in {string.Join(", ", chosen.Where(database => database.Index > 0).Select(database => Name(database.Index)))}.",
                recommendation: "Restore into a server that is no cluster, or choose database 0 with -DatabaseIndex 0.");
        }

        var hasFunctions = contents.Functions > 0 && selection.TakesAll;
        var warnings = new List<string>();
        var live = selection.TakesAll ? await FindFunctionsAsync(target, hasFunctions, warnings, cancellationToken).ConfigureAwait(false) : [];
        foreach (var shard in target.Topology.Shards)
        {
            await RestoreRights.RequireAsync(shard.Node, connection, time, highest, !options.Merge, hasFunctions, live.Count > 0 && !options.Merge, cancellationToken)
                .ConfigureAwait(false);
        }

        warnings.AddRange(await InspectAsync(options.Backup, target, selection, hasFunctions, contents, cancellationToken).ConfigureAwait(false));
        var unfinished = await FindUnfinishedAsync(target, cancellationToken).ConfigureAwait(false);
        target = target with { HasMarker = unfinished is not null };
        if (unfinished is not null)
        {
            warnings.Add($"The server holds a restore that was not finished: {unfinished.Description}");
        }

        warnings.AddRange(Warnings(options, target, contents, selection));
        if (live.Count > 0)
        {
            warnings.Add($"The server has libraries of functions ({string.Join(", ", live.Take(MostNamed))}): those of the same names are replaced{(options.Merge ? "" : ", and those that the backup lacks are deleted")}.");
        }

        // Manifests of clusters once counted the libraries of the first primary alone.
        return new RedisRestoreLayout(target, selection, Actions(options, selection, chosen, target), hasFunctions || (selection.TakesAll && options.Backup.Manifest?.Redis?.Shard.Count > 1), live.Count > 0, unfinished, warnings);
    }

    /// <summary>The name of a database.</summary>
    public static string Name(int database) => "db" + database.ToString(CultureInfo.InvariantCulture);

    private static void RequireDatabases(RestoreOptions options, Contents contents)
    {
        foreach (var database in options.DatabaseIndex)
        {
            if (contents.Databases.All(item => item.Index != database))
            {
                var there = contents.Databases.Count == 0 ? "no keys at all" : string.Join(", ", contents.Databases.Select(item => Name(item.Index)));
                throw new ConfigurationInvalidException(
                    "DatabaseIndex", $"the backup has no keys in {Name(database)}; it has {there}.", "Choose a database that the backup has keys in.");
            }
        }
    }

    private static List<RestoreAction> Actions(RestoreOptions options, KeySelection selection, RedisDatabaseManifest[] chosen, RedisRestoreTarget target)
    {
        var actions = new List<RestoreAction>();
        foreach (var index in chosen.Select(database => database.Index).Union(target.Keys.Keys.Where(selection.Takes)).Order())
        {
            var backup = Array.Find(chosen, database => database.Index == index);
            long? live = target.Keys.TryGetValue(index, out var count) ? count : null;

            // How many of them match a pattern, only reading them all could tell.
            var inBackup = selection.TakesWholeDatabases ? backup?.Count : null;
            if (backup is not null)
            {
                var kind = live is null ? RestoreActionKind.Create : options.Merge ? RestoreActionKind.Merge : RestoreActionKind.Replace;
                actions.Add(new RestoreAction(kind, Name(index), Name(index), inBackup, live));
            }
            else if (!options.Merge)
            {
                actions.Add(new RestoreAction(RestoreActionKind.Drop, Name(index), null, null, live));
            }
        }

        return actions;
    }

    private IEnumerable<string> Warnings(RestoreOptions options, RedisRestoreTarget target, Contents contents, KeySelection selection)
    {
        if (given.Database > 0)
        {
            yield return $"The URL names database {Name(given.Database)[2..]}, which changes nothing: keys go back into the databases that they came from. Choose among these with -DatabaseIndex.";
        }

        if (contents.Functions > 0 && !selection.TakesAll)
        {
            yield return "The backup's functions are not restored, because only some of its keys are.";
        }

        var share = contents.Bytes / target.Facts.Count;
        foreach (var facts in target.Facts)
        {
            if (facts is { MaxMemory: { } limit, UsedMemory: { } used } && share + (options.Merge || facts.Keys.Count > 0 ? used : 0) > limit)
            {
                yield return $"{facts.Endpoint} may take {ReadableSize.Format(limit)} of memory (maxmemory) and has {ReadableSize.Format(used)} in use; the backup needs {ReadableSize.Format(share)} at least, and keys that it lacks go only at the end.";
            }

            if (facts is { MaxMemory: not null, EvictionPolicy: { } policy } && policy != "noeviction")
            {
                yield return $"{facts.Endpoint} throws keys away when its memory is full (maxmemory-policy {policy}); restored keys may be among them.";
            }
        }
    }

    /// <summary>
    /// Reads the backup for what the target could not have. It is read for that only where its format is newer than the target's, or it holds what only
    /// some servers have, or the target takes only short arguments, or its user may not rebuild long values: all else every target takes.
    /// </summary>
    private async Task<IReadOnlyList<string>> InspectAsync(
        BackupInfo backup, RedisRestoreTarget target, KeySelection selection, bool hasFunctions, Contents contents, CancellationToken cancellationToken)
    {
        var abilities = RestoreAbilities.Of(target.Facts);
        var first = target.Topology.Shards[0].Node;
        var missing = await RestoreRights.FindMissingAsync(first, connection, time, cancellationToken).ConfigureAwait(false);
        var fits = contents.Bytes <= sizes.LongestPayloadFor(target) || (missing.Count == 0 && target.LongestArgument >= RedisRestoreRequest.UsualArgument);
        if (fits && contents.Headers.All(header => header is { } known && abilities.FooterFor(known.Version) is not null) && contents.Modules.Count == 0 && (!hasFunctions || abilities.HasFunctions))
        {
            return [];
        }

        var opened = await RedisConnection.OpenAsync(first, connection, time, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            abilities = await abilities.WithModulesAsync(opened, cancellationToken).ConfigureAwait(false);
        }

        var warnings = new List<string>();
        var request = new RedisRestoreRequest
        {
            Takes = selection.Takes,
            WithFunctions = hasFunctions,
            LongestPayload = sizes.LongestPayloadFor(target),
            LongestArgument = target.LongestArgument,
            ClockOffset = await ServerClock.ReadOffsetAsync(first, connection, time, cancellationToken).ConfigureAwait(false),
        };
        var reader = new RedisBackupReader(backup, store, pool);
        for (var part = 0; part < reader.Parts.Count; part++)
        {
            var plain = await reader.OpenAsync(part, cancellationToken).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
            {
                var found = await RestoreInspection.ReadAsync(plain, reader.Parts[part].Name, abilities, request, time, cancellationToken).ConfigureAwait(false);
                found.Require(abilities);
                var refused = missing.Where(item => found.Commands.Contains(item.Key)).Select(item => (RestoreCommands.NameOf(item.Key), item.Value)).ToList();
                if (refused.Count > 0)
                {
                    throw RedisErrors.MissingRights(first, refused);
                }

                warnings.AddRange(found.Warnings);
                if (found.Rebuilt.Count > 0 && contents.Headers.Any(header => header is { } known && abilities.FooterFor(known.Version) is null))
                {
                    warnings.Add($"{found.Rebuilt} keys are rebuilt by ordinary commands, because RESTORE of the server does not take their format; that takes several times as long.");
                }
            }
        }

        return warnings;
    }

    private async Task<IReadOnlyList<string>> FindFunctionsAsync(RedisRestoreTarget target, bool areNeeded, List<string> warnings, CancellationToken cancellationToken)
    {
        try
        {
            return await new RestoredFunctions(target, connection, time).ListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NotAuthorizedException) when (!areNeeded)
        {
            warnings.Add("Whether the server has functions is not known, because the user may not run FUNCTION LIST; what there is stays.");
            return [];
        }
    }

    private async Task<UnfinishedRestore?> FindUnfinishedAsync(RedisRestoreTarget target, CancellationToken cancellationToken)
    {
        var opened = await RedisConnection.OpenAsync(target.MarkerNode, connection, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = opened.ConfigureAwait(false);
        var found = await RestoreMarker.FindAsync(opened, cancellationToken).ConfigureAwait(false);
        RestoreMarker.RequireDead(found, target.MarkerNode);
        return found?.Restore;
    }

    private async Task<Contents> ReadContentsAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        if (backup.Manifest?.Redis is { } recorded)
        {
            return new Contents(
                recorded.Database, recorded.FunctionCount, recorded.Module, recorded.Shard.Sum(shard => shard.ArchiveSize), [RdbHeader.Parse(System.Text.Encoding.ASCII.GetBytes(recorded.Magic.PadRight(RdbHeader.Length)))]);
        }

        // Only reading it through tells what is in it.
        var reader = new RedisBackupReader(backup, store, pool);
        var found = new List<RdbSummary>();
        for (var part = 0; part < reader.Parts.Count; part++)
        {
            var plain = await reader.OpenAsync(part, cancellationToken).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
            {
                found.Add(await RdbReader.RunAsync(plain, reader.Parts[part].Name, rdb => RdbSummary.Read(rdb, withDigest: false, cancellationToken), cancellationToken).ConfigureAwait(false));
            }
        }

        return new Contents(
            [.. found.SelectMany(summary => summary.Databases.Values).GroupBy(database => database.Database).OrderBy(group => group.Key)
                .Select(group => new RedisDatabaseManifest(group.Key, group.Sum(database => database.Keys), group.Sum(database => database.Expiring)))],
            found.SelectMany(summary => summary.Functions).Distinct().Count(),
            [.. found.SelectMany(summary => summary.Modules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            found.Sum(summary => summary.Bytes),
            [.. found.Select(summary => (RdbHeader?)summary.Header)]);
    }

    private sealed record Contents(IReadOnlyList<RedisDatabaseManifest> Databases, int Functions, IReadOnlyList<string> Modules, long Bytes, IReadOnlyList<RdbHeader?> Headers);
}
