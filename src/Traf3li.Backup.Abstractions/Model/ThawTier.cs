namespace Traf3li.Backup;

/// <summary>How fast an archived backup is thawed (Amazon S3 user guide, "Understanding archive retrieval options"). The faster, the dearer.</summary>
public enum ThawTier
{
    /// <summary>Within 5 hours, of DEEP_ARCHIVE within 12.</summary>
    Standard,

    /// <summary>Within 12 hours, of DEEP_ARCHIVE within 48.</summary>
    Bulk,

    /// <summary>Within 5 minutes as a rule; not offered for DEEP_ARCHIVE.</summary>
    Expedited,
}
