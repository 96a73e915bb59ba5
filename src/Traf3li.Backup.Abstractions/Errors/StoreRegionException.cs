namespace Traf3li.Backup;

/// <summary>The bucket lies in another region than the request was signed for.</summary>
public sealed class StoreRegionException : BackupException
{
    /// <summary>Creates the error.</summary>
    public StoreRegionException(string destination, string? expectedRegion, Exception? innerException = null)
        : base("StoreRegion", expectedRegion is null ? $"The destination {destination} lies in another region than the one configured." : $"The destination {destination} lies in region {expectedRegion}, not in the one configured.", expectedRegion is null ? "Set AWS_REGION, or add ?region= to the destination." : $"Set AWS_REGION={expectedRegion}, or add ?region={expectedRegion} to the destination.", destination, innerException)
    {
        ExpectedRegion = expectedRegion;
    }

    /// <summary>The region that the store named; null when it named none.</summary>
    public string? ExpectedRegion { get; }
}
