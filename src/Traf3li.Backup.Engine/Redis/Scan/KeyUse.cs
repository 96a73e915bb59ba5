namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>What a server keeps of the use of keys, which its eviction policy decides (maxmemory-policy).</summary>
internal enum KeyUse
{
    /// <summary>Nothing that an RDB would hold.</summary>
    None,

    /// <summary>When a key was last used: OBJECT IDLETIME.</summary>
    IdleTime,

    /// <summary>How often: OBJECT FREQ.</summary>
    Frequency,
}
