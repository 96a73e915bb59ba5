using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>Reads all keys of a server by SCAN and writes them as an RDB.</summary>
internal sealed class KeyScanner(ScanChannel channel, ScanAbilities abilities, RedisServerFacts facts, BlockPipe output, TimeProvider time)
{
    private const int FirstCount = 100;
    private const int MostCount = 1000;
    private const int LeastCount = 10;
    private const int LargeReply = 1 << 20;
    private const int MostDatabases = 100_000;

    private readonly CommandBuffer _commands = new();
    private int _count = FirstCount;
    private RdbWriter? _rdb;
    private KeyCopier? _copier;

    /// <summary>What became of the keys.</summary>
    public ScanCounts Counts { get; } = new();

    /// <summary>Keys held to tell repeated ones: for tests.</summary>
    public int KeysPerPass { get; init; } = SeenKeys.KeysPerPass;

    /// <summary>Reads everything.</summary>
    public async Task RunAsync()
    {
        if (abilities.Databases is { } databases)
        {
            foreach (var (database, keys) in databases)
            {
                await SelectAsync(database).ConfigureAwait(false);
                await ScanAsync(database, keys).ConfigureAwait(false);
            }
        }
        else
        {
            for (var database = 0; database < (abilities.IsCluster ? 1 : MostDatabases) && await SelectAsync(database).ConfigureAwait(false); database++)
            {
                var size = await channel.Connection.TryCallAsync("DBSIZE", ["DBSIZE"], channel.Token).ConfigureAwait(false);
                await ScanAsync(database, size.Integer).ConfigureAwait(false);
            }
        }

        Begin(VersionWithoutKeys()).Finish();
    }

    private async Task<bool> SelectAsync(int database)
    {
        // A connection begins in database 0, and a node of a cluster has no other.
        if (abilities.IsCluster || (database == 0 && _rdb is null))
        {
            return true;
        }

        var number = database.ToString(CultureInfo.InvariantCulture);
        var reply = await channel.Connection.TryCallAsync("SELECT", ["SELECT", number], channel.Token).ConfigureAwait(false);
        return !reply.IsError || (abilities.Databases is null && !RedisErrors.IsMissingRight(reply.Text)
            ? false
            : throw RedisErrors.Translate(reply.Text, channel.Node, "SELECT"));
    }

    private async Task ScanAsync(int database, long keys)
    {
        var seen = new SeenKeys(KeysPerPass);
        var passes = seen.PassesFor(keys);
        var isBegun = false;
        for (var pass = 0; pass < passes; pass++)
        {
            seen.Begin(pass, passes);
            AddScan(_commands, "0"u8);
            await channel.SendAsync(_commands).ConfigureAwait(false);
            byte[] cursor;
            do
            {
                (cursor, var found) = await ReadScanAsync().ConfigureAwait(false);
                var fresh = TakeFresh(found, seen, database, keys);
                if (fresh.Count > 0 && !isBegun)
                {
                    isBegun = true;
                    await BeginAsync(fresh).ConfigureAwait(false);
                    _rdb!.SelectDatabase(database);
                    _rdb.ResizeDatabase(keys, 0);
                }

                var next = cursor;
                Action<CommandBuffer>? addNext = IsEnd(cursor) ? null : commands => AddScan(commands, next);
                if (_copier is not null)
                {
                    await _copier.CopyAsync(fresh, _commands, addNext).ConfigureAwait(false);
                }
                else if (addNext is not null)
                {
                    addNext(_commands);
                    await channel.SendAsync(_commands).ConfigureAwait(false);
                }
            }
            while (!IsEnd(cursor));
        }
    }

    private List<byte[]> TakeFresh(IReadOnlyList<RespValue> found, SeenKeys seen, int database, long expected)
    {
        var fresh = new List<byte[]>(found.Count);
        foreach (var item in found)
        {
            switch (item.Kind == RespKind.Bulk ? seen.TryAdd(item.Bytes) : throw ScanChannel.NotRedis())
            {
                case true:
                    fresh.Add(item.Bytes);
                    break;
                case false:
                    Counts.Repeated++;
                    break;
            }
        }

        return !seen.IsFull
            ? fresh
            : throw new ServerFailedException(
                "SCAN",
                channel.Node.Endpoint.ToString(),
                FormattableString.Invariant($"its database {database} grew from {expected} keys to more than double while it was read."),
                recommendation: "Run the backup when fewer keys are written.");
    }

    private void AddScan(CommandBuffer commands, ReadOnlySpan<byte> cursor) =>
        commands.Add("SCAN"u8, cursor, "COUNT"u8, Encoding.ASCII.GetBytes(_count.ToString(CultureInfo.InvariantCulture)));

    private async ValueTask<(byte[] Cursor, IReadOnlyList<RespValue> Keys)> ReadScanAsync()
    {
        var reply = await channel.ReadValueAsync().ConfigureAwait(false);
        if (reply.IsError)
        {
            throw RedisErrors.Translate(reply.Text, channel.Node, "SCAN");
        }

        if (reply.Items is not [{ Kind: RespKind.Bulk } cursor, { Kind: RespKind.Array } keys] || !ulong.TryParse(cursor.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw ScanChannel.NotRedis();
        }

        var bytes = keys.Items.Sum(key => (long)key.Bytes.Length);
        _count = Math.Clamp(bytes > LargeReply ? _count / 2 : bytes < LargeReply / 4 ? _count * 2 : _count, LeastCount, MostCount);
        return (cursor.Bytes, keys.Items);
    }

    private static bool IsEnd(ReadOnlySpan<byte> cursor) => cursor.SequenceEqual("0"u8);

    /// <summary>
    /// The RDB is of the version that stands behind what DUMP answers, which the first key tells that is still there. Servers before 7.2 take that for a use of it.
    /// </summary>
    private async Task BeginAsync(IReadOnlyList<byte[]> keys)
    {
        foreach (var key in keys)
        {
            if (_rdb is not null)
            {
                return;
            }

            _commands.Add("DUMP"u8, key);
            await channel.SendAsync(_commands).ConfigureAwait(false);
            if (await ReadVersionAsync().ConfigureAwait(false) is { } version)
            {
                Begin(RdbWriter.VersionFor(version) ?? throw new ServerUnsupportedException(
                    channel.Node.Endpoint.ToString(),
                    $"its values have the RDB version {version}, and {RdbWriter.OldestVersion} is the oldest that can be written.",
                    recommendation: "Read it by replication (-Method Replication), which takes any version."));
            }
        }

        Begin(VersionWithoutKeys());
    }

    private async ValueTask<int?> ReadVersionAsync()
    {
        var header = await channel.ReadLineAsync().ConfigureAwait(false);
        if (header == "$-1")
        {
            return null;
        }

        if (header[0] != '$' || RedisInfo.ParseNumber(header[1..]) is not (> RdbPayload.FooterLength and var length))
        {
            throw header[0] == '-' ? RedisErrors.Translate(header[1..], channel.Node, "DUMP") : ScanChannel.NotRedis();
        }

        for (var left = length - RdbPayload.FooterLength; left > 0;)
        {
            await channel.FillAsync(1).ConfigureAwait(false);
            var count = (int)Math.Min(left, channel.Buffered.Length);
            channel.Advance(count);
            left -= count;
        }

        await channel.FillAsync(RdbPayload.FooterLength).ConfigureAwait(false);
        var version = channel.Buffered[0] | (channel.Buffered[1] << 8);
        channel.Advance(RdbPayload.FooterLength);
        await channel.EndBulkAsync().ConfigureAwait(false);
        return version;
    }

    private int VersionWithoutKeys() => (facts.Kind, facts.MajorVersion) switch
    {
        ("valkey", >= 9) => RdbHeader.Valkey9,
        (_, < 7) => RdbWriter.OldestVersion,
        _ => RdbWriter.DefaultVersion,
    };

    private RdbWriter Begin(int version)
    {
        if (_rdb is { } begun)
        {
            return begun;
        }

        var rdb = new RdbWriter(output, channel.Node.Endpoint.ToString(), version);
        rdb.WriteAux(version == RdbHeader.Valkey9 ? "valkey-ver"u8 : "redis-ver"u8, Encoding.ASCII.GetBytes(facts.Version));
        rdb.WriteAux("ctime"u8, Encoding.ASCII.GetBytes(time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        foreach (var code in abilities.Functions)
        {
            rdb.WriteFunction(code);
        }

        _copier = new KeyCopier(channel, abilities, rdb, output, Counts);
        return _rdb = rdb;
    }
}
