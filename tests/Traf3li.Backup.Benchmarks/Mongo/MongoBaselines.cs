using System.IO.Compression;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Benchmarks.Mongo;

/// <summary>What the least work that could be done takes on this machine.</summary>
internal sealed class MongoBaselines(MongoConnection connection, OrderData data)
{
    private const int RepliesOf = 5_000;

    /// <summary>Reads every collection through raw cursors, so many at a time, and drops the bytes.</summary>
    public async Task DrainAsync(int cursors)
    {
        var order = data.Collections.OrderByDescending(item => item.Value.Count).Select(item => item.Key);
        long bytes = 0;
        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = cursors }, async (name, token) =>
        {
            var sink = new DropSink();
            var command = new BsonDocument { { "find", name }, { "hint", new BsonDocument("$natural", 1) } };
            await using var cursor = await RawCursor.CreateAsync(connection.Client, OrderData.Database, command, sink, token);
            while (!cursor.IsExhausted)
            {
                await cursor.MoveNextAsync(RepliesOf, maxAwait: null, token);
            }

            Interlocked.Add(ref bytes, sink.Bytes);
        });
        Require(bytes == data.Bytes, $"draining gave {bytes} bytes instead of {data.Bytes}");
    }

    /// <summary>Compresses all documents in one gzip stream on one thread; gives its size.</summary>
    public long Gzip()
    {
        using var counter = new ByteCounter();
        using (var gzip = new GZipStream(counter, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var chunk in data.Collections.Values.SelectMany(chunks => chunks))
            {
                gzip.Write(chunk.Bytes);
            }
        }

        Require(counter.Length > 0, "gzip wrote nothing");
        return counter.Length;
    }

    /// <summary>The insert commands of everything, before the clock starts.</summary>
    public IReadOnlyList<BsonDocument> PrepareInserts() =>
        [.. data.Collections.SelectMany(item => OrderData.InsertCommands(item.Key, item.Value, new BufferPool(long.MaxValue / 2)))];

    /// <summary>Sends the commands on two connections and then builds the indexes, two collections at a time.</summary>
    public async Task InsertAsync(string database, IReadOnlyList<BsonDocument> commands)
    {
        var target = connection.Client.GetDatabase(database);
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        long inserted = 0;
        await Parallel.ForEachAsync(commands, two, async (command, token) =>
        {
            var reply = await target.RunCommandAsync<BsonDocument>(command, ReadPreference.Primary, token);
            Interlocked.Add(ref inserted, reply["n"].ToInt64());
        });
        Require(inserted == data.Count, $"raw inserts made {inserted} documents instead of {data.Count}");
        await Parallel.ForEachAsync(data.Collections.Keys, two, async (name, token) =>
            await target.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", name }, { "indexes", OrderData.Indexes(name) } }, ReadPreference.Primary, token));
    }

    /// <summary>Decompresses every block of a stored backup with so many threads, and does nothing else.</summary>
    public static async Task DecompressAsync(string path, BackupManifest manifest, int workers)
    {
        var reader = new ParallelBlockReader(
            manifest.Key,
            manifest.Compression,
            manifest.Block,
            (offset, length, _) => Task.FromResult<Stream>(Engine.Stores.FileSystem.FileReadStream.Open(path, offset, length)),
            new BufferPool(),
            workers,
            ordered: false);
        long bytes = 0;
        await foreach (var block in reader.ReadAsync(CancellationToken.None))
        {
            using (block)
            {
                bytes += block.Memory.Length;
            }
        }

        Require(bytes == manifest.ArchiveSize, $"decompressing gave {bytes} bytes instead of {manifest.ArchiveSize}");
    }

    private static void Require(bool holds, string reason)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"A baseline could not run: {reason}.");
        }
    }
}
