using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Deletes the keys of a server that a backup lacks. A key that somebody writes while it goes through may stay; one that was there before
/// does not. UNLINK frees values behind the server's main thread.
/// </summary>
internal sealed class ExtraKeys(RedisRestoreTarget target, KeySelection selection, RedisConnectionOptions options, TimeProvider time)
{
    private readonly KeyTally _deleted = new();

    /// <summary>What was deleted so far.</summary>
    public RedisKeyCount Deleted => _deleted.ToCount();

    /// <summary>Deletes keys of the part that <paramref name="keys" /> holds.</summary>
    /// <param name="databases">The databases to go through.</param>
    /// <param name="keys">The backup's keys.</param>
    /// <param name="part">Told how many keys were seen.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task DeleteAsync(IEnumerable<int> databases, BackupKeys keys, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        foreach (var database in databases.Where(selection.Takes).Order())
        {
            foreach (var shard in target.Topology.Shards)
            {
                var pipeline = await RedisPipeline.OpenAsync(shard.Node with { Database = database }, options, time, cancellationToken).ConfigureAwait(false);
                await using (pipeline.ConfigureAwait(false))
                {
                    await DeleteAsync(pipeline, database, keys, part, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task DeleteAsync(RedisPipeline pipeline, int database, BackupKeys keys, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        await foreach (var found in KeyScan.ReadAsync(pipeline, cancellationToken).ConfigureAwait(false))
        {
            part.Add(found.Count, 0);
            var extra = found.Where(key => selection.Takes(database, key.Bytes) && keys.Lacks(database, key.Bytes)).Select(key => key.Bytes).ToArray();

            // One key a command: keys of one command have to be of one slot in a cluster.
            var replies = await pipeline.CallManyAsync([.. extra.Select(key => RespCommand.Of("UNLINK", key))], cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < extra.Length; index++)
            {
                if (replies[index].IsError)
                {
                    throw RedisErrors.Translate(replies[index].Text, pipeline.Node, "UNLINK");
                }

                if (replies[index].Integer > 0)
                {
                    _deleted.Add(database, extra[index]);
                }
            }
        }
    }
}
