using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Asks Redis servers.</summary>
internal sealed class RedisFacts(RedisTarget target, ReplicationOptions limits, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>Who is there, and what a backup would warn of.</summary>
    public async Task<(string Description, IReadOnlyList<string> Warnings)> ReadAsync(CancellationToken cancellationToken)
    {
        var (topology, facts) = await ReadServersAsync(cancellationToken).ConfigureAwait(false);
        var servers = facts.Count == 1 ? "" : $", {facts.Count} shards";
        return ($"{facts[0].Kind} {facts[0].Version}, {topology.Kind}{servers}", [.. facts.SelectMany(RedisPreflight.Warnings)]);
    }

    /// <summary>How a backup would read, and what it would warn of.</summary>
    public async Task<(string Description, IReadOnlyList<string> Warnings)> FindMethodAsync(CancellationToken cancellationToken)
    {
        var (topology, facts) = await ReadServersAsync(cancellationToken).ConfigureAwait(false);
        var opener = new RdbSourceOpener(RedisBackupMethod.Auto, limits, time);
        var method = await opener.PlanAsync(topology, facts, cancellationToken).ConfigureAwait(false);
        return (method == RedisBackupMethod.Scan ? "keys may be read one by one" : method == RedisBackupMethod.Replication ? "replication is allowed" : "only a backup can tell whether replication is allowed", opener.Warnings);
    }

    /// <summary>What a restore has left that did not come to its end; null for nothing.</summary>
    public async Task<(UnfinishedRestore Restore, bool IsAlive)?> FindUnfinishedAsync(CancellationToken cancellationToken)
    {
        var place = await RedisRestoreTarget.OpenAsync(target, limits.Connection, reporter, time, cancellationToken).ConfigureAwait(false);
        var connection = await RedisConnection.OpenAsync(place.MarkerNode, limits.Connection, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        return await RestoreMarker.FindAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(RedisTopology Topology, IReadOnlyList<RedisServerFacts> Facts)> ReadServersAsync(CancellationToken cancellationToken)
    {
        var topology = await RedisTopology.FindAsync(target, limits.Connection, reporter, time, cancellationToken).ConfigureAwait(false);
        var facts = new List<RedisServerFacts>();
        foreach (var shard in topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, limits.Connection, time, cancellationToken).ConfigureAwait(false);
            await using var ownership = connection.ConfigureAwait(false);
            facts.Add(await RedisServerFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false));
        }

        return (topology, facts);
    }
}
