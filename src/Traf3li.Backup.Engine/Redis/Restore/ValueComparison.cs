using System.Globalization;
using System.Threading.Channels;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Compares keys of a backup with those of a live server: value by value, whatever their encodings, and when they expire. A key whose time has
/// come meanwhile is not missed. Anything else that differs is a difference, also where another client has written: the restore cannot tell.
/// </summary>
/// <param name="target">The servers.</param>
/// <param name="options">The limits of the connections.</param>
/// <param name="time">This machine's clock.</param>
/// <param name="longestInBatch">Longer values, bytes, are asked for one by one and go through a temporary file.</param>
internal sealed class ValueComparison(
    RedisRestoreTarget target, RedisConnectionOptions options, TimeProvider time, long longestInBatch = ValueComparison.LongestInBatch) : IAsyncDisposable
{
    /// <summary>The longest value, bytes, that is asked for together with others, and about what they take together.</summary>
    public const long LongestInBatch = 4 << 20;

    private const int MostNamed = 5;
    private const int BatchKeys = 500;

    // PTTL and TIME are answered one after the other, and an old server answers PTTL by a clock that it reads once a round.
    private const long ClockTolerance = 1000;

    // Fields that expire so soon may be gone on one side, milliseconds.
    private const long FieldMargin = 3_600_000;

    private readonly Dictionary<RedisNode, RedisPipeline> _pipelines = [];
    private readonly DigestVisitor _digest = new();
    private readonly List<string> _differences = [];
    private int _database = -1;

    /// <summary>Keys that were compared and are equal.</summary>
    public long EqualCount { get; private set; }

    /// <summary>Keys whose time has come.</summary>
    public long ExpiredCount { get; private set; }

    /// <summary>Keys that differ.</summary>
    public long DifferenceCount { get; private set; }

    /// <summary>What differs, the first few keys by name; null when nothing does.</summary>
    public string? Differences => DifferenceCount == 0
        ? null
        : string.Join("; ", _differences) + (DifferenceCount > _differences.Count ? string.Create(CultureInfo.InvariantCulture, $"; and {DifferenceCount - _differences.Count:N0} more.") : ".");

    /// <summary>Compares every chosen key of an RDB.</summary>
    /// <param name="rdb">Begins with the magic.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="selection">Which keys.</param>
    /// <param name="begin">The server's time when the restore began, milliseconds since 1970: keys that had expired by it were not written.</param>
    /// <param name="offset">How far the server's clock is ahead of this machine's.</param>
    /// <param name="part">Told of keys.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task CompareAsync(
        Stream rdb, string name, KeySelection selection, long begin, TimeSpan offset, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        var batches = Channel.CreateBounded<List<ExpectedKey>>(2);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = RdbReader.RunAsync(rdb, name, reader => ReadBatches(reader, selection, begin, offset, batches.Writer, stop.Token), stop.Token);
        try
        {
            var done = CompleteAsync(reading, batches.Writer);
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await CompareAsync(batch, cancellationToken).ConfigureAwait(false);
                part.Add(batch.Count, 0);
            }

            await done.ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(reading).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Compares keys, in any order.</summary>
    public async Task CompareAsync(IReadOnlyList<ExpectedKey> keys, CancellationToken cancellationToken)
    {
        foreach (var database in keys.GroupBy(key => key.Database))
        {
            foreach (var node in database.GroupBy(key => target.NodeOf(key.Key)))
            {
                foreach (var chunk in node.Chunk(BatchKeys))
                {
                    await CompareAsync(await OpenAsync(node.Key, database.Key, cancellationToken).ConfigureAwait(false), chunk, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var pipeline in _pipelines.Values)
        {
            await pipeline.DisposeAsync().ConfigureAwait(false);
        }

        _pipelines.Clear();
    }

    private int ReadBatches(
        RdbReader reader, KeySelection selection, long begin, TimeSpan offset, ChannelWriter<List<ExpectedKey>> batches, CancellationToken cancellationToken)
    {
        var digest = new DigestVisitor();
        var batch = new List<ExpectedKey>();
        long bytes = 0;
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            if (record != RdbRecord.Key || reader.ExpiresAt <= begin || !selection.Takes(reader.Database, reader.Key))
            {
                continue;
            }

            // A restore may have taken longer than the margin, and so may this.
            var now = (time.GetUtcNow() + offset).ToUnixTimeMilliseconds();
            var key = ExpectedKey.Take(reader, digest, now + FieldMargin);
            batch.Add(key);
            bytes += key.Bytes + key.Key.Length;
            if (batch.Count == BatchKeys || bytes > LongestInBatch)
            {
                // This is the reader's own thread.
                batches.WriteAsync(batch, cancellationToken).AsTask().GetAwaiter().GetResult();
                batch = [];
                bytes = 0;
            }
        }

        batches.WriteAsync(batch, cancellationToken).AsTask().GetAwaiter().GetResult();
        return 0;
    }

    private static async Task CompleteAsync(Task reading, ChannelWriter<List<ExpectedKey>> batches)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        finally
        {
            batches.Complete();
        }
    }

    private async Task<RedisPipeline> OpenAsync(RedisNode node, int database, CancellationToken cancellationToken)
    {
        if (_database != database)
        {
            await DisposeAsync().ConfigureAwait(false);
            _database = database;
        }

        if (!_pipelines.TryGetValue(node, out var pipeline))
        {
            pipeline = await RedisPipeline.OpenAsync(node with { Database = database }, options, time, cancellationToken).ConfigureAwait(false);
            _pipelines.Add(node, pipeline);
        }

        return pipeline;
    }

    private async Task CompareAsync(RedisPipeline pipeline, ExpectedKey[] keys, CancellationToken cancellationToken)
    {
        var commands = new List<RespCommand> { RespCommand.Of("TIME") };
        foreach (var key in keys)
        {
            commands.Add(RespCommand.Of("PTTL", key.Key));
            commands.Add(key.Bytes > longestInBatch ? RespCommand.Of("EXISTS", key.Key) : RespCommand.Of("DUMP", key.Key));
        }

        commands.Add(RespCommand.Of("TIME"));
        var replies = await pipeline.CallManyAsync(commands, cancellationToken).ConfigureAwait(false);
        for (var index = 0; index < replies.Count; index++)
        {
            if (replies[index].IsError)
            {
                throw RedisErrors.Translate(replies[index].Text, pipeline.Node, commands[index].Name);
            }
        }

        var (first, last) = (ServerClock.Parse(replies[0]), ServerClock.Parse(replies[^1]));
        for (var index = 0; index < keys.Length; index++)
        {
            var (left, dump) = (replies[1 + (2 * index)].Integer, replies[2 + (2 * index)]);
            var isThere = left != -2 && dump.Kind != RespKind.Null && dump is not { Kind: RespKind.Integer, Integer: 0 };
            await CompareAsync(pipeline, keys[index], isThere, dump, left, first, last, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(
        RedisPipeline pipeline, ExpectedKey key, bool isThere, RespValue dump, long left, long first, long last, CancellationToken cancellationToken)
    {
        if (!isThere)
        {
            if (key.MayBeGone || key.ExpiresAt <= last + ClockTolerance)
            {
                ExpiredCount++;
            }
            else
            {
                AddDifference(key, "is missing");
            }
        }
        else if (dump.Kind == RespKind.Bulk)
        {
            Compare(key, DigestOf(new MemoryStream(dump.Bytes, writable: false), key), left, first, last);
        }
        else
        {
            // Too long for one answer with others.
            var file = new FileStream(
                Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
            await using (file.ConfigureAwait(false))
            {
                if (await pipeline.CopyBulkAsync(RespCommand.Of("DUMP", key.Key), file, cancellationToken).ConfigureAwait(false) is not null)
                {
                    Compare(key, DigestOf(file, key), left, first, last);
                }
                else
                {
                    AddDifference(key, "is missing");
                }
            }
        }
    }

    private UInt128 DigestOf(Stream payload, ExpectedKey key)
    {
        _digest.WithoutFieldsUntil = key.WithoutFieldsUntil;
        _digest.Begin();
        var (type, _) = RdbPayload.Decode(payload, KeyTally.Name(key.Database, key.Key), _digest);
        return _digest.End(key.Key, type, expiresAt: null);
    }

    private void Compare(ExpectedKey key, UInt128 digest, long left, long first, long last)
    {
        if (digest != key.Digest)
        {
            AddDifference(key, "has another value");
        }
        else if (key.ExpiresAt is not { } expiry)
        {
            Require(key, left == -1, "expires, and does not in the backup");
        }
        else
        {
            Require(
                key,
                left >= 0 && expiry >= first + left - ClockTolerance && expiry <= last + left + ClockTolerance,
                left < 0 ? "never expires, and does in the backup" : "expires at another time");
        }
    }

    private void Require(ExpectedKey key, bool isEqual, string difference)
    {
        if (isEqual)
        {
            EqualCount++;
        }
        else
        {
            AddDifference(key, difference);
        }
    }

    private void AddDifference(ExpectedKey key, string difference)
    {
        if (DifferenceCount++ < MostNamed)
        {
            _differences.Add($"\"{KeyTally.Name(key.Database, key.Key)}\" {difference}");
        }
    }
}
