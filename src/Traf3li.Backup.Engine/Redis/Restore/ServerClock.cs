using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>The clock of a server, by which its keys expire.</summary>
internal static class ServerClock
{
    /// <summary>Asks for the time, milliseconds since 1970.</summary>
    public static async Task<long> ReadAsync(RedisConnection connection, CancellationToken cancellationToken) =>
        Parse(await connection.CallAsync("TIME", ["TIME"], cancellationToken).ConfigureAwait(false));

    /// <summary>Asks how far the server's clock is ahead of this machine's.</summary>
    public static async Task<TimeSpan> ReadOffsetAsync(RedisNode node, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        return TimeSpan.FromMilliseconds(await ReadAsync(connection, cancellationToken).ConfigureAwait(false) - time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>What TIME answers, as milliseconds since 1970; 0 where it is no time.</summary>
    public static long Parse(RespValue reply) =>
        reply.Items is [var seconds, var micros] ? ((RedisInfo.ParseNumber(seconds.Text) ?? 0) * 1000) + ((RedisInfo.ParseNumber(micros.Text) ?? 0) / 1000) : 0;
}
