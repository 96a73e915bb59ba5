namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>How a server marks the end of the RDB.</summary>
internal enum ReplicationFraming
{
    /// <summary><c>$length</c>: it was on the server's disk first.</summary>
    Length,

    /// <summary><c>$EOF:marker</c>: it comes straight from the fork, and 40 random bytes follow its end.</summary>
    Marker,
}
