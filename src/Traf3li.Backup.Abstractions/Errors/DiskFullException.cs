namespace Traf3li.Backup;

/// <summary>The disk has no room left.</summary>
public sealed class DiskFullException : BackupException
{
    /// <summary>Creates the error.</summary>
    public DiskFullException(string path, string reason, Exception? innerException = null)
        : base("DiskFull", $"No space is left for {path}: {reason}", "Free space there, or choose another destination. Nothing half-written was kept under a backup name.", path, innerException)
    {
        Path = path;
    }

    /// <summary>What was being written.</summary>
    public string Path { get; }
}
