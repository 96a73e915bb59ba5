using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Compares a restored server with its backup: how many keys each database has, and the values of some keys or of all.
/// <para>
/// Fewer keys than were sent, beyond those whose time has come, and any other value are errors, even though another client may have done it: the
/// server does not hold what was restored, and nothing can tell why. More keys than were sent are only a warning: everything that was there
/// before was deleted, so another client has written since.
/// </para>
/// </summary>
internal sealed class RestoredState(
    RedisRestoreLayout layout, RedisBackupReader backup, RestoreOptions options, RedisRestoreSizes sizes, RedisConnectionOptions connection, TimeProvider time)
{
    /// <summary>Compares.</summary>
    /// <returns>The keys by database as they are now, and how many keys were read back.</returns>
    /// <exception cref="VerificationFailedException">The server lacks keys, or has other values; the message names keys.</exception>
    public async Task<(IReadOnlyDictionary<int, long> Keys, long Compared)> CompareAsync(
        SentKeys sent, ValueSample sample, TimeSpan offset, long begin, OperationProgress progress, List<string> warnings, CancellationToken cancellationToken)
    {
        var after = await CountAsync(cancellationToken).ConfigureAwait(false);
        var now = (time.GetUtcNow() + offset).ToUnixTimeMilliseconds();
        var lacks = sent.Databases.Any(database => after.GetValueOrDefault(database) + sent.MostExpired(database, now) < sent.CountOf(database));
        if (!options.Merge && layout.Selection.TakesWholeDatabases)
        {
            foreach (var database in sent.Databases.Where(database => after.GetValueOrDefault(database) > sent.CountOf(database)))
            {
                warnings.Add(FormattableString.Invariant(
                    $"Database {database} has {after[database]:#,0} keys, and {sent.CountOf(database):#,0} were restored: other clients write to the server."));
            }
        }

        using var part = progress.Begin($"Comparing with {layout.Target.Host}", totalBytes: null);
        var comparison = new ValueComparison(layout.Target, connection, time, sizes.LongestCompared);
        await using (comparison.ConfigureAwait(false))
        {
            if (options.Verify || lacks)
            {
                for (var index = 0; index < backup.Parts.Count; index++)
                {
                    var plain = await backup.OpenAsync(index, cancellationToken).ConfigureAwait(false);
                    await using (plain.ConfigureAwait(false))
                    {
                        await comparison.CompareAsync(plain, backup.Parts[index].Name, layout.Selection, begin, offset, part, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            else
            {
                await comparison.CompareAsync(sample.Keys, cancellationToken).ConfigureAwait(false);
            }

            return comparison.Differences is { } differences
                ? throw new VerificationFailedException(layout.Target.Host, $"{differences} When no other client has written to it meanwhile, the server may have thrown keys away (maxmemory).")
                : (after, comparison.EqualCount);
        }
    }

    /// <summary>The keys of each database, without the marker.</summary>
    private async Task<IReadOnlyDictionary<int, long>> CountAsync(CancellationToken cancellationToken)
    {
        var keys = new Dictionary<int, long>();
        foreach (var shard in layout.Target.Topology.Shards)
        {
            var opened = await RedisConnection.OpenAsync(shard.Node, connection, time, cancellationToken).ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                var info = await opened.InfoAsync("keyspace", cancellationToken).ConfigureAwait(false);
                foreach (var (database, count) in RedisServerFacts.From(shard.Node.Endpoint, info).Keys)
                {
                    keys[database] = keys.GetValueOrDefault(database) + count;
                }
            }
        }

        keys[0] = Math.Max(0, keys.GetValueOrDefault(0) - 1);
        return keys;
    }
}
