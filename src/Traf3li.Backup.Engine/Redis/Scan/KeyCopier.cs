using System.Globalization;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>
/// Copies keys from a server into an RDB. What belongs to one key is asked for in one transaction, so that its value and its expiry are of one moment; a value of
/// any length passes in pieces.
/// </summary>
internal sealed class KeyCopier(ScanChannel channel, ScanAbilities abilities, RdbWriter rdb, BlockPipe output, ScanCounts counts)
{
    // A server runs a transaction without looking at anybody else.
    private const int KeysPerTransaction = 32;

    private const int Piece = 64 << 10;

    private readonly KeyPace _pace = new();
    private readonly Queue<int> _underWay = new();

    private int CommandsPerKey => abilities.Use == KeyUse.None ? 2 : 3;

    private int CommandsPerGroup => abilities.HasExpireTime ? 0 : 1;

    /// <summary>Copies keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="commands">An empty buffer.</param>
    /// <param name="addNext">Adds the command that is to be under way behind the last key; its reply is left to be read.</param>
    public async Task CopyAsync(IReadOnlyList<byte[]> keys, CommandBuffer commands, Action<CommandBuffer>? addNext)
    {
        var (sent, read) = (0, 0);
        while (read < keys.Count || addNext is not null)
        {
            while (sent < keys.Count && (sent == read || sent - read < _pace.Keys))
            {
                var count = abilities.IsCluster ? 1 : Math.Min(Math.Min(KeysPerTransaction, _pace.Keys), keys.Count - sent);
                AddGroup(keys, sent, count, commands);
                _underWay.Enqueue(count);
                sent += count;
            }

            if (sent == keys.Count)
            {
                addNext?.Invoke(commands);
                addNext = null;
            }

            await channel.SendAsync(commands).ConfigureAwait(false);
            if (_underWay.TryDequeue(out var group))
            {
                await ReadGroupAsync(keys, read, group).ConfigureAwait(false);
                read += group;
            }
        }
    }

    private void AddGroup(IReadOnlyList<byte[]> keys, int start, int count, CommandBuffer commands)
    {
        commands.Add("MULTI"u8);
        if (!abilities.HasExpireTime)
        {
            commands.Add("TIME"u8);
        }

        for (var index = start; index < start + count; index++)
        {
            var key = keys[index];
            commands.Add(abilities.HasExpireTime ? "PEXPIRETIME"u8 : "PTTL"u8, key);
            if (abilities.Use != KeyUse.None)
            {
                commands.Add("OBJECT"u8, abilities.Use == KeyUse.IdleTime ? "IDLETIME"u8 : "FREQ"u8, key);
            }

            commands.Add("DUMP"u8, key);
        }

        commands.Add("EXEC"u8);
    }

    private async Task ReadGroupAsync(IReadOnlyList<byte[]> keys, int start, int count)
    {
        await ReadQueuedAsync(count).ConfigureAwait(false);
        long? now = abilities.HasExpireTime ? null : await ReadTimeAsync().ConfigureAwait(false);
        var (bytes, largest) = (0L, 0L);
        for (var index = start; index < start + count; index++)
        {
            var attributes = await ReadAttributesAsync(now).ConfigureAwait(false);
            var length = await ReadValueAsync(keys[index], attributes).ConfigureAwait(false);
            bytes += length;
            largest = Math.Max(largest, length);
        }

        _pace.Add(count, bytes, largest);
    }

    private async Task ReadQueuedAsync(int keys)
    {
        var expected = CommandsPerGroup + (keys * CommandsPerKey);
        string? refusal = null;
        for (var index = 0; index <= expected; index++)
        {
            var line = await channel.ReadLineAsync().ConfigureAwait(false);
            refusal ??= line.StartsWith('-') ? line[1..] : null;
        }

        var result = await channel.ReadLineAsync().ConfigureAwait(false);
        if (result.StartsWith('-'))
        {
            throw Refused(refusal ?? result[1..]);
        }

        if (result[0] != '*' || RedisInfo.ParseNumber(result[1..]) != expected)
        {
            throw ScanChannel.NotRedis();
        }
    }

    private async ValueTask<long> ReadTimeAsync()
    {
        var time = await channel.ReadValueAsync().ConfigureAwait(false);
        return time.Items is [var seconds, var microseconds]
            && RedisInfo.ParseNumber(seconds.Text) is >= 0 and < long.MaxValue / 1_000_000 and var whole && RedisInfo.ParseNumber(microseconds.Text) is { } part
            ? (whole * 1000) + (part / 1000)
            : throw ScanChannel.NotRedis();
    }

    private async ValueTask<RdbKeyAttributes> ReadAttributesAsync(long? now)
    {
        var expiry = await ReadNumberAsync("PEXPIRETIME").ConfigureAwait(false) ?? throw ScanChannel.NotRedis();
        long? use = abilities.Use == KeyUse.None ? null : await ReadNumberAsync(null).ConfigureAwait(false);
        return new RdbKeyAttributes(
            expiry < 0 ? null : expiry + (now ?? 0),
            abilities.Use == KeyUse.IdleTime && use >= 0 ? use : null,
            abilities.Use == KeyUse.Frequency && use is >= 0 and <= byte.MaxValue ? (byte)use.Value : null);
    }

    // A key that is gone has no use, and a policy that was changed meanwhile has none of this kind.
    private async ValueTask<long?> ReadNumberAsync(string? requiredBy)
    {
        var line = await channel.ReadLineAsync().ConfigureAwait(false);
        return line[0] switch
        {
            ':' => RedisInfo.ParseNumber(line[1..]) ?? throw ScanChannel.NotRedis(),
            '-' when requiredBy is not null => throw RedisErrors.Translate(line[1..], channel.Node, requiredBy),
            '-' or '$' or '*' or '_' => null,
            _ => throw ScanChannel.NotRedis(),
        };
    }

    private async ValueTask<long> ReadValueAsync(byte[] key, RdbKeyAttributes attributes)
    {
        var header = await channel.ReadLineAsync().ConfigureAwait(false);
        if (header is "$-1" or "_")
        {
            counts.Vanished++;
            return 0;
        }

        var length = header[0] switch
        {
            '$' when long.TryParse(header.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > RdbPayload.FooterLength => given,
            '-' => throw RedisErrors.Translate(header[1..], channel.Node, "DUMP"),
            _ => throw ScanChannel.NotRedis(),
        };
        if (length <= Piece)
        {
            await channel.FillAsync((int)length).ConfigureAwait(false);
            rdb.WriteKey(key, channel.Buffered[..(int)length], attributes);
            channel.Advance((int)length);
        }
        else
        {
            await CopyLongAsync(key, attributes, length).ConfigureAwait(false);
        }

        await channel.EndBulkAsync().ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        counts.Written++;
        return length;
    }

    private ValueTask FlushAsync() => output.HasBlocks ? output.FlushAsync(channel.Token) : ValueTask.CompletedTask;

    private async ValueTask CopyLongAsync(byte[] key, RdbKeyAttributes attributes, long length)
    {
        await channel.FillAsync(1).ConfigureAwait(false);
        rdb.BeginKey(key, channel.Buffered[0], attributes);
        channel.Advance(1);
        for (var left = length - 1 - RdbPayload.FooterLength; left > 0;)
        {
            await channel.FillAsync(1).ConfigureAwait(false);
            var count = (int)Math.Min(Math.Min(left, Piece), channel.Buffered.Length);
            rdb.AppendValue(channel.Buffered[..count]);
            channel.Advance(count);
            left -= count;
            await FlushAsync().ConfigureAwait(false);
        }

        await channel.FillAsync(RdbPayload.FooterLength).ConfigureAwait(false);
        rdb.EndKey(channel.Buffered[..RdbPayload.FooterLength]);
        channel.Advance(RdbPayload.FooterLength);
    }

    // Of a slot that is on its way to another node nobody knows which node's scan will meet its keys: such a backup could lack any of them.
    private BackupException Refused(string error) =>
        error.StartsWith("MOVED ", StringComparison.Ordinal) || error.StartsWith("ASK ", StringComparison.Ordinal) || error.StartsWith("TRYAGAIN", StringComparison.Ordinal)
            ? new ServerFailedException(
                "SCAN",
                channel.Node.Endpoint.ToString(),
                "slots of the cluster are moving between its nodes: " + RedisErrors.Words(error, channel.Node),
                recommendation: "Run the backup again when the resharding or failover has ended (CLUSTER SLOTS).")
            : RedisErrors.Translate(error, channel.Node, "DUMP");
}
