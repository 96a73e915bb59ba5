using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>Says why a synchronisation did not come to its end.</summary>
internal sealed record ReplicationFailure
{
    private const string OutputBuffers = "client-output-buffer-limit replica";

    /// <summary>The server.</summary>
    public required RedisNode Node { get; init; }

    /// <summary>Bytes of the RDB received.</summary>
    public required long Received { get; init; }

    /// <summary>Bytes of the RDB in all; null when that is not known.</summary>
    public required long? Length { get; init; }

    /// <summary>Whether the RDB had begun.</summary>
    public required bool HasBegun { get; init; }

    /// <summary>Whether nothing but the RDB was to be sent.</summary>
    public required bool IsRdbOnly { get; init; }

    /// <summary>How long the synchronisation had been going on.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The longest time that nobody read.</summary>
    public required TimeSpan LongestPause { get; init; }

    /// <summary>The error for a limit that ran out.</summary>
    public OperationTimedOutException TimedOut(ReplicationLimit limit, ReplicationOptions options, ServerActivity activity, Exception exception) => limit switch
    {
        ReplicationLimit.Fork => new OperationTimedOutException(
            $"Waiting for {Node.Endpoint} to prepare its RDB ({activity.Description})",
            Limit(options.ForkTimeout, KnownSettings.RedisForkTimeout),
            "Raise REDIS_FORK_TIMEOUT (-ForkTimeout): the server waits for a save that runs, and one that is not diskless writes everything to its disk first.",
            exception),
        ReplicationLimit.Idle => new OperationTimedOutException(
            $"Waiting for data from {Node.Endpoint} after {Progress} ({activity.Description})",
            Limit(options.IdleTimeout, KnownSettings.RedisIdleTimeout),
            "Look at the network and at the load of the server; where it is blocked that long at times, raise REDIS_IDLE_TIMEOUT (-IdleTimeout).",
            exception),
        _ => new OperationTimedOutException(
            $"The synchronisation with {Node.Endpoint}, {Progress} so far ({activity.Description}),",
            Limit(options.OverallTimeout, KnownSettings.RedisTimeout),
            "Raise REDIS_BACKUP_TIMEOUT (-Timeout), or read a server that is nearer.",
            exception),
    };

    /// <summary>The error for a connection that ended before the RDB did.</summary>
    public ServerFailedException BrokenOff(ServerActivity activity, Exception exception)
    {
        var (cause, wayOut) = Cause(activity);
        return new ServerFailedException(
            "The full synchronisation",
            Node.Endpoint.ToString(),
            $"the connection ended {(HasBegun ? "after " + Progress : "before the RDB began")}; {cause}.",
            exception,
            wayOut);
    }

    private static string Limit(TimeSpan time, Setting setting) => $"{RedisErrors.Seconds(time)} ({setting.Name})";

    private string Progress =>
        Length is { } length ? FormattableString.Invariant($"{Received} of {length} bytes")
        : FormattableString.Invariant($"{Received} bytes, whose end was not marked");

    private (string Cause, string WayOut) Cause(ServerActivity activity)
    {
        if (activity is not { Facts: { } facts, Info: { } info })
        {
            return (activity.Description, "See whether the server runs, and what its log says; then run the command again.");
        }

        if (info.Number("uptime_in_seconds") is { } uptime && uptime < Elapsed.TotalSeconds - 1)
        {
            return (
                FormattableString.Invariant($"the server was started anew {uptime} s ago"),
                "The server's log says why it ended: where memory ran out, read a replica or run when little is written.");
        }

        if (Length is null && facts.IsLastSaveGood == false)
        {
            return (
                "the server's save failed (rdb_last_bgsave_status:err)",
                "The server's log has the reason: its disk is full or not writable, or memory ran out. Diskless replication (repl-diskless-sync yes) needs no disk.");
        }

        if (!IsRdbOnly && HasBegun)
        {
            return (
                $"the server drops a replica whose unsent data passes {facts.OutputBufferLimit?.ToString() ?? "a limit"} ({OutputBuffers}), and what is written meanwhile is such data",
                "Raise the limit for the backup (CONFIG SET client-output-buffer-limit \"replica 0 0 0\"), run when less is written, or read a newer server, which sends the RDB alone when asked (REPLCONF rdb-only).");
        }

        if (Length is null && facts.ReplicationTimeout is { } patience && LongestPause >= patience)
        {
            return (
                FormattableString.Invariant($"nothing was taken for {LongestPause.TotalSeconds:0} s, and the server waits {patience.TotalSeconds:0} s (repl-timeout)"),
                "Raise repl-timeout of the server, or see why the destination took so long.");
        }

        return (activity.Description + ", and its log has the reason", "Look at the server's log and at the network; then run the command again.");
    }
}
