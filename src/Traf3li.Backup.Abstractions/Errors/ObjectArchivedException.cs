namespace Traf3li.Backup;

/// <summary>The object lies in an archive storage class and must be thawed before it can be read.</summary>
public sealed class ObjectArchivedException : BackupException
{
    /// <summary>Creates the error of an object.</summary>
    /// <param name="key">The key of the object.</param>
    /// <param name="storageClass">Its storage class, or its archive tier.</param>
    /// <param name="thawTime">How long a thaw of that takes, in words.</param>
    /// <param name="isThawing">Whether it was requested already.</param>
    /// <param name="innerException">The answer of the store.</param>
    public ObjectArchivedException(string key, string storageClass, string thawTime, bool isThawing = false, Exception? innerException = null)
        : base(
            "ObjectArchived",
            isThawing
                ? $"The object {key} is in storage class {storageClass} and cannot be read yet: its thaw is on its way."
                : $"The object {key} is in storage class {storageClass} and cannot be read until it is thawed.",
            isThawing
                ? $"Run the command again later: with {storageClass} a thaw takes {thawTime} from its request on."
                : $"Restore-Traf3liBackup -Thaw and Test-Traf3liBackup -Thaw request it: with {storageClass} that takes {thawTime}, and the store charges for it. Then run the command again.",
            key,
            innerException)
    {
        Key = key;
        StorageClass = storageClass;
        IsThawing = isThawing;
    }

    /// <summary>Creates the error of a backup whose thaw was requested.</summary>
    public ObjectArchivedException(ThawResult thaw)
        : base("ObjectArchived", thaw.Message, "Run the command again when it is thawed.", thaw.Key)
    {
        Key = thaw.Key;
        StorageClass = thaw.StorageClass;
        IsThawing = thaw.Status != ThawStatus.Archived;
    }

    /// <summary>The key of the object.</summary>
    public string Key { get; }

    /// <summary>Its storage class, or its archive tier.</summary>
    public string StorageClass { get; }

    /// <summary>Whether its thaw was requested already.</summary>
    public bool IsThawing { get; }
}
