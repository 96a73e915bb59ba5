using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Writes what an RDB holds into running servers: values as they are by RESTORE, and by ordinary commands those that RESTORE of this target does not
/// take, or that are long. It deletes nothing but what it replaces, and is not atomic: after an error a part is written.
/// </summary>
internal sealed class RedisRestorer(RedisConnectionOptions options, TimeProvider time)
{
    /// <summary>Restores an RDB.</summary>
    /// <param name="rdb">Begins with the magic and ends with the RDB. It is not closed.</param>
    /// <param name="name">Names the RDB in errors: its key or path.</param>
    /// <param name="target">The primaries that are written to.</param>
    /// <param name="request">What to restore.</param>
    /// <param name="progress">Shows how far the RDB was read.</param>
    /// <param name="cancellationToken">Stops within a second; what was sent stays.</param>
    /// <exception cref="RdbCorruptException">The RDB is damaged.</exception>
    /// <exception cref="ServerUnsupportedException">The target cannot have something of it; <see cref="RestoreInspection" /> says so before.</exception>
    /// <exception cref="ServerFailedException">The target refused a command; the message names the key.</exception>
    public async Task<RedisRestoreCounts> RunAsync(
        Stream rdb, string name, RedisTopology target, RedisRestoreRequest request, OperationProgress.Part? progress, CancellationToken cancellationToken)
    {
        var servers = await ReadFactsAsync(target, cancellationToken).ConfigureAwait(false);
        var abilities = RestoreAbilities.Of(servers);
        var filled = request.FilledDatabases ?? servers.SelectMany(facts => facts.Keys).Where(item => item.Value > 0).Select(item => item.Key).ToHashSet();
        var lanes = await RestoreLanes.OpenAsync(target, request.Connections, request.LongestArgument, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = lanes.ConfigureAwait(false);
        using var run = new RestoreRun(name, request, abilities, filled, lanes, time);
        return await RdbReader.RunAsync(
            progress is null ? rdb : new CountedStream(rdb, progress), name, reader => run.Restore(reader, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<RedisServerFacts>> ReadFactsAsync(RedisTopology target, CancellationToken cancellationToken)
    {
        var servers = new List<RedisServerFacts>();
        foreach (var shard in target.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using var ownership = connection.ConfigureAwait(false);
            servers.Add(RedisServerFacts.From(shard.Node.Endpoint, await connection.InfoAsync("everything", cancellationToken).ConfigureAwait(false)));
        }

        return servers;
    }
}
