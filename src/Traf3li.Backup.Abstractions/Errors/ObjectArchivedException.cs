namespace Traf3li.Backup;

/// <summary>The object lies in an archive storage class and must be thawed before it can be read.</summary>
public sealed class ObjectArchivedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ObjectArchivedException(string key, string storageClass, string thawTime, Exception? innerException = null)
        : base("ObjectArchived", $"The object {key} is in storage class {storageClass} and cannot be read until it is thawed.", $"Request a restore of the object (aws s3api restore-object, or the console: Initiate restore); with {storageClass} that takes {thawTime}. Then run the command again.", key, innerException)
    {
        Key = key;
        StorageClass = storageClass;
    }

    /// <summary>The key of the object.</summary>
    public string Key { get; }
    /// <summary>Its storage class.</summary>
    public string StorageClass { get; }
}
