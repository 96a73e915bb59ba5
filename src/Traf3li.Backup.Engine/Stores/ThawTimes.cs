namespace Traf3li.Backup.Engine.Stores;

/// <summary>How long a thaw takes (Amazon S3 user guide, "Understanding archive retrieval options").</summary>
internal static class ThawTimes
{
    /// <summary>By when after the request an object can be read as a rule; null for a tier that its class does not have.</summary>
    public static TimeSpan? Longest(string storageClass, ThawTier tier) => (IsDeep(storageClass), tier) switch
    {
        (true, ThawTier.Expedited) => null,
        (true, ThawTier.Standard) => TimeSpan.FromHours(12),
        (true, _) => TimeSpan.FromHours(48),
        (false, ThawTier.Expedited) => TimeSpan.FromMinutes(5),
        (false, ThawTier.Standard) => TimeSpan.FromHours(5),
        _ => TimeSpan.FromHours(12),
    };

    /// <summary>The times of all tiers, in words.</summary>
    public static string Describe(string storageClass) => IsDeep(storageClass)
        ? "12 hours (Standard) or 48 hours (Bulk)"
        : "1-5 minutes (Expedited), 3-5 hours (Standard) or 5-12 hours (Bulk)";

    /// <summary>Whether it is an archive tier of INTELLIGENT_TIERING, which an object leaves for good when it is thawed.</summary>
    public static bool IsTier(string storageClass) => storageClass.EndsWith("_ACCESS", StringComparison.Ordinal);

    private static bool IsDeep(string storageClass) => storageClass is "DEEP_ARCHIVE" or "DEEP_ARCHIVE_ACCESS";
}
