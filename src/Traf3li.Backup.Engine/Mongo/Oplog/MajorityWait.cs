using System.Globalization;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>How long a backup waits for a replica set to confirm what the node that is read has written.</summary>
internal static class MajorityWait
{
    /// <summary>As long as a lost connection is tried again.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);

    /// <summary>Ends the wait.</summary>
    /// <exception cref="OperationTimedOutException">It has been too long.</exception>
    public static void RequireWithin(TimeSpan waited, TimeSpan patience, string host)
    {
        if (waited > patience)
        {
            throw Expired(patience, host);
        }
    }

    /// <summary>What is said when it has been too long.</summary>
    public static OperationTimedOutException Expired(TimeSpan patience, string host, Exception? innerException = null) => new(
        $"Waiting until a majority of the replica set has what {host} has written",
        string.Create(CultureInfo.InvariantCulture, $"{patience.TotalSeconds:0.#} s"),
        "Look at rs.status(): a member that is down or lags keeps writes from being confirmed. -Consistency None backs the node up as it is.",
        innerException);
}
