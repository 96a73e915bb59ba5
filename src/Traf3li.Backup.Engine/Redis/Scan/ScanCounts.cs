namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>What became of the keys that SCAN gave.</summary>
internal sealed class ScanCounts
{
    /// <summary>Keys written.</summary>
    public long Written { get; set; }

    /// <summary>Keys that had expired or were deleted before their value was read; they are left out.</summary>
    public long Vanished { get; set; }

    /// <summary>Keys that SCAN gave again; they are written once.</summary>
    public long Repeated { get; set; }

    /// <summary>Keys that were on their way to another node of the cluster, which alone can tell their value; they are left out.</summary>
    public long Moving { get; set; }
}
