using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Removes the keys of an RDB from a server: what a test wrote into an empty one.</summary>
internal sealed class KeyRemoval(RedisRestoreTarget target, RedisConnectionOptions options, TimeProvider time)
{
    private const int BatchKeys = 1000;

    /// <summary>Removes every key, on the thread that reads it.</summary>
    public long Remove(RdbReader reader, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var batch = new List<byte[]>();
        var database = 0;
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            if (record != RdbRecord.Key)
            {
                continue;
            }

            if (reader.Database != database || batch.Count == BatchKeys)
            {
                removed += RemoveAsync(database, batch, cancellationToken).GetAwaiter().GetResult();
                batch.Clear();
                database = reader.Database;
            }

            batch.Add(reader.Key.ToArray());
        }

        return removed + RemoveAsync(database, batch, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>Removes the marker that an interrupted test left.</summary>
    public Task RemoveMarkerAsync(CancellationToken cancellationToken) => RemoveAsync(0, [RestoreMarker.KeyBytes.ToArray()], cancellationToken);

    private async Task<long> RemoveAsync(int database, IReadOnlyList<byte[]> keys, CancellationToken cancellationToken)
    {
        var removed = 0L;
        foreach (var node in keys.GroupBy(key => target.NodeOf(key)))
        {
            var pipeline = await RedisPipeline.OpenAsync(node.Key with { Database = database }, options, time, cancellationToken).ConfigureAwait(false);
            await using (pipeline.ConfigureAwait(false))
            {
                var replies = await pipeline.CallManyAsync([.. node.Select(key => RespCommand.Of("UNLINK", key))], cancellationToken).ConfigureAwait(false);
                foreach (var reply in replies)
                {
                    removed += reply.IsError ? throw RedisErrors.Translate(reply.Text, pipeline.Node, "UNLINK") : reply.Integer;
                }
            }
        }

        return removed;
    }
}
