namespace Traf3li.Backup;

/// <summary>Stored bytes are not the bytes that were written.</summary>
public sealed class ChecksumMismatchException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ChecksumMismatchException(string key, string expected, string actual, Exception? innerException = null, string? destination = null)
        : base("ChecksumMismatch", $"The stored object {key}{(destination is null ? "" : $" in {destination}")} has checksum {actual}, not {expected}.", "Do not rely on this backup. Take a new one, restore from another one, and check the store's disks.", key, innerException)
    {
        Key = key;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The key of the object.</summary>
    public string Key { get; }
    /// <summary>The checksum recorded.</summary>
    public string Expected { get; }
    /// <summary>The checksum found.</summary>
    public string Actual { get; }
}
