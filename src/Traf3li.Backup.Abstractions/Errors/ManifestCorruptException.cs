namespace Traf3li.Backup;

/// <summary>A manifest cannot be read.</summary>
public sealed class ManifestCorruptException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ManifestCorruptException(string key, string reason, Exception? innerException = null)
        : base("ManifestCorrupt", $"The manifest {key} cannot be read: {reason}", "The archive itself may be whole: move the manifest away, and the backup is listed as Legacy and can be tested with -Depth Full.", key, innerException)
    {
        Key = key;
    }

    /// <summary>The key of the manifest.</summary>
    public string Key { get; }
}
