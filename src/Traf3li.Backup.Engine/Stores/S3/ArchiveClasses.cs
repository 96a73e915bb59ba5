using System.Collections.Concurrent;
using Amazon.S3.Model;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// Storage classes whose objects must be thawed (Amazon S3 user guide, "Understanding archive retrieval options"). GLACIER_IR is none of them. Stores
/// other than AWS name classes as they like: Ceph lets one be called GLACIER whose objects are read as any other, and another whose objects it has moved
/// to a cloud. There a byte of an object is asked for, of each class once unless it is an archive.
/// </summary>
internal sealed class ArchiveClasses(S3Client client)
{
    private readonly ConcurrentDictionary<string, bool> _canBeRead = new(StringComparer.Ordinal);

    private bool IsAws => client.Destination.Endpoint is null;

    /// <summary>What a listing says of an object; what it says nothing of is asked for once a class.</summary>
    /// <param name="key">Its key below the destination.</param>
    /// <param name="item">The object as it is listed.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<ObjectArchive?> FindAsync(string key, S3Object item, CancellationToken cancellationToken)
    {
        var said = Describe(item.StorageClass?.Value, item.RestoreStatus?.IsRestoreInProgress, item.RestoreStatus?.RestoreExpiryDate);
        if (said is null || IsAws)
        {
            return said;
        }

        if (!_canBeRead.ContainsKey(said.StorageClass))
        {
            await AskAsync(key, said, item.Size ?? 0, cancellationToken).ConfigureAwait(false);
        }

        return _canBeRead[said.StorageClass] ? null : said;
    }

    /// <summary>What an object's headers say. Only they know the archive tiers of INTELLIGENT_TIERING.</summary>
    /// <param name="key">Its key below the destination.</param>
    /// <param name="head">Its headers.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<ObjectArchive?> FindAsync(string key, GetObjectMetadataResponse head, CancellationToken cancellationToken)
    {
        var said = head.ArchiveStatus?.Value is { Length: > 0 } tier
            ? new ObjectArchive(tier, head.RestoreInProgress == true ? ThawStatus.InProgress : ThawStatus.Archived)
            : Describe(head.StorageClass?.Value, head.RestoreInProgress, head.RestoreExpiration);
        if (said is not { Status: ThawStatus.Archived } || IsAws)
        {
            return said;
        }

        var canBeRead = _canBeRead.GetValueOrDefault(said.StorageClass) || await AskAsync(key, said, head.ContentLength, cancellationToken).ConfigureAwait(false);
        return canBeRead ? null : said;
    }

    private ObjectArchive? Describe(string? storageClass, bool? isThawing, DateTime? thawedUntil)
    {
        var mayBeArchive = IsAws
            ? storageClass is "GLACIER" or "DEEP_ARCHIVE"
            : storageClass is not (null or "" or "STANDARD" or "REDUCED_REDUNDANCY" or "STANDARD_IA" or "ONEZONE_IA" or "INTELLIGENT_TIERING" or "GLACIER_IR");
        return !mayBeArchive ? null
            : isThawing == true ? new ObjectArchive(storageClass!, ThawStatus.InProgress)
            : thawedUntil is { } until ? new ObjectArchive(storageClass!, ThawStatus.Thawed, until.ToUniversalTime())
            : new ObjectArchive(storageClass!, ThawStatus.Archived);
    }

    private async Task<bool> AskAsync(string key, ObjectArchive said, long size, CancellationToken cancellationToken)
    {
        bool canBeRead;
        try
        {
            var request = new GetObjectRequest { BucketName = client.Destination.Bucket, Key = client.FullKey(key), ByteRange = size == 0 ? null : new ByteRange(0, 0) };
            using var answer = await client.CallAsync("s3:GetObject", key, 1, (s3, token) => s3.GetObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
            // One that was thawed says nothing of the class.
            canBeRead = answer.RestoreExpiration is null;
        }
        catch (BackupException error) when (error is ObjectArchivedException or StoreAccessDeniedException or BackupNotFoundException)
        {
            canBeRead = false;
        }

        _canBeRead[said.StorageClass] = canBeRead;
        return canBeRead;
    }
}
