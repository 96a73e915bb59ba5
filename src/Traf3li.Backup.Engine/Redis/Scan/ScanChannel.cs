using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>A connection on which many commands are under way at once; replies are taken in order by whoever asked.</summary>
internal sealed class ScanChannel(RedisConnection connection, ReplicationWatchdog watchdog)
{
    /// <summary>The most bytes that one answer of SCAN may take.</summary>
    private const int LargestReply = 256 << 20;

    /// <summary>The server.</summary>
    public RedisNode Node => connection.Node;

    /// <summary>The connection for single commands, while nothing is under way.</summary>
    public RedisConnection Connection => connection;

    /// <summary>Cancelled when a limit ran out.</summary>
    public CancellationToken Token => watchdog.Token;

    /// <summary>What has arrived.</summary>
    public ReadOnlySpan<byte> Buffered => connection.Reader.Buffered;

    /// <summary>Takes bytes out of <see cref="Buffered" />.</summary>
    public void Advance(int count) => connection.Reader.Advance(count);

    /// <summary>Sends what was gathered, and clears it.</summary>
    public async ValueTask SendAsync(CommandBuffer commands)
    {
        if (commands.Written.IsEmpty)
        {
            return;
        }

        watchdog.BeginWait();
        await connection.SendAsync(commands.Written, Token).ConfigureAwait(false);
        watchdog.EndWait();
        commands.Clear();
    }

    /// <summary>Reads a line of a reply.</summary>
    public async ValueTask<string> ReadLineAsync()
    {
        watchdog.BeginWait();
        var line = await connection.Reader.ReadLineAsync(Token).ConfigureAwait(false);
        watchdog.EndWait();
        return line.Length > 0 ? line : throw NotRedis();
    }

    /// <summary>Reads a whole reply.</summary>
    public async ValueTask<RespValue> ReadValueAsync()
    {
        watchdog.BeginWait();
        var value = await connection.Reader.ReadValueAsync(LargestReply, Token).ConfigureAwait(false);
        watchdog.EndWait();
        return value;
    }

    /// <summary>Waits until so many bytes have arrived, at most half of the connection's buffer.</summary>
    public async ValueTask FillAsync(int count)
    {
        while (Buffered.Length < count)
        {
            watchdog.BeginWait();
            var filled = await connection.Reader.FillAsync(Token).ConfigureAwait(false);
            watchdog.EndWait();
            if (filled == 0)
            {
                throw RespException.Closed();
            }
        }
    }

    /// <summary>Takes the end of a bulk string.</summary>
    public async ValueTask EndBulkAsync()
    {
        await FillAsync(2).ConfigureAwait(false);
        if (!Buffered.StartsWith("\r\n"u8))
        {
            throw NotRedis();
        }

        Advance(2);
    }

    /// <summary>The error for an answer that is none.</summary>
    public static RespException NotRedis() => new("its reply is not Redis's protocol");
}
