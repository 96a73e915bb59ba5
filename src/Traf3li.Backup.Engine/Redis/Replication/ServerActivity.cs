using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>What a server is doing while a synchronisation hangs or after it broke off, asked over a second connection.</summary>
/// <param name="Info">INFO; null when it did not answer.</param>
/// <param name="Facts">The same with its settings; null when it did not answer.</param>
/// <param name="Silence">Why it did not answer; null when it did.</param>
internal sealed record ServerActivity(RedisInfo? Info, RedisServerFacts? Facts, BackupException? Silence)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>For people, such as <c>it has been saving for 12 s (rdb_bgsave_in_progress:1)</c>.</summary>
    public string Description =>
        Info is not null ? Describe(Info)
        : Silence is NotAuthorizedException ? "what it is doing this user may not ask (+info)"
        : $"a second connection to it failed: {Silence!.Message.TrimEnd('.')}";

    /// <summary>Asks.</summary>
    public static async Task<ServerActivity> AskAsync(RedisNode node, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var options = new RedisConnectionOptions { ConnectTimeout = Patience, CommandTimeout = Patience };
            var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
            await using var ownership = connection.ConfigureAwait(false);
            var facts = await RedisServerFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
            return new ServerActivity(await connection.InfoAsync("everything", cancellationToken).ConfigureAwait(false), facts, null);
        }
        catch (BackupException exception)
        {
            return new ServerActivity(null, null, exception);
        }
    }

    private static string Describe(RedisInfo info)
    {
        if (info.Flag("loading"))
        {
            return $"it is loading its data (loading:1, {info.Text("loading_loaded_perc") ?? "?"} % done)";
        }

        if (info.Flag("rdb_bgsave_in_progress"))
        {
            return FormattableString.Invariant($"it has been saving for {info.Number("rdb_current_bgsave_time_sec") ?? 0} s (rdb_bgsave_in_progress:1)");
        }

        return info.Flag("aof_rewrite_in_progress")
            ? "it is rewriting its append-only file, which a save waits for (aof_rewrite_in_progress:1)"
            : $"it is not saving (rdb_bgsave_in_progress:0, rdb_last_bgsave_status:{info.Text("rdb_last_bgsave_status") ?? "?"})";
    }
}
