using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>Says why a scan did not come to its end.</summary>
internal static class ScanFailure
{
    /// <summary>The error for a limit that ran out.</summary>
    public static OperationTimedOutException TimedOut(
        RedisNode node, ReplicationLimit limit, long keys, ReplicationOptions options, ServerActivity activity, Exception exception) => limit == ReplicationLimit.Idle
        ? new OperationTimedOutException(
            FormattableString.Invariant($"Waiting for data from {node.Endpoint} after {keys} keys ({activity.Description})"),
            $"{RedisErrors.Seconds(options.IdleTimeout)} ({KnownSettings.RedisIdleTimeout.Name})",
            "Look at the network and at the load of the server; where it is blocked that long at times, raise REDIS_IDLE_TIMEOUT (-IdleTimeout).",
            exception)
        : new OperationTimedOutException(
            FormattableString.Invariant($"The scan of {node.Endpoint}, {keys} keys so far ({activity.Description}),"),
            $"{RedisErrors.Seconds(options.OverallTimeout)} ({KnownSettings.RedisTimeout.Name})",
            "Raise REDIS_BACKUP_TIMEOUT (-Timeout), or read a server that is nearer.",
            exception);

    /// <summary>The error for a connection that ended before the scan did.</summary>
    public static ServerFailedException BrokenOff(RedisNode node, long keys, ServerActivity activity, Exception exception) => new(
        "The scan",
        node.Endpoint.ToString(),
        FormattableString.Invariant($"the connection ended after {keys} keys; {activity.Description}."),
        exception,
        "See whether the server runs, and what its log says; then run the command again.");
}
