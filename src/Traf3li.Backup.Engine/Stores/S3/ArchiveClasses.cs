using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Storage classes whose objects must be thawed (Amazon S3 user guide, "Understanding archive retrieval options").</summary>
internal static class ArchiveClasses
{
    /// <summary>The class that keeps the object from being read; null when it can be read.</summary>
    public static string? Blocking(GetObjectMetadataResponse head)
    {
        if (head.ArchiveStatus?.Value is { Length: > 0 } tier)
        {
            return tier;
        }

        var isThawed = head.RestoreExpiration is not null && head.RestoreInProgress != true;
        return head.StorageClass?.Value is "GLACIER" or "DEEP_ARCHIVE" && !isThawed ? head.StorageClass.Value : null;
    }

    /// <summary>How long a request to thaw takes.</summary>
    public static string ThawTime(string storageClass) => storageClass switch
    {
        "DEEP_ARCHIVE" or "DEEP_ARCHIVE_ACCESS" => "12 hours (Standard) or 48 hours (Bulk)",
        _ => "1-5 minutes (Expedited), 3-5 hours (Standard) or 5-12 hours (Bulk)",
    };
}
