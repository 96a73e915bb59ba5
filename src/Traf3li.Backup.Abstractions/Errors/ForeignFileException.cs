namespace Traf3li.Backup;

/// <summary>A file is not what a backup is.</summary>
public sealed class ForeignFileException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ForeignFileException(string path, string reason, Exception? innerException = null)
        : base("ForeignFile", $"{path} is not a backup that this module can read: {reason}", "Give a mongodump archive (plain or gzip), a dump folder, an RDB of Redis or Valkey (plain, gzip or zstd), or a backup of this module.", path, innerException)
    {
        Path = path;
    }

    /// <summary>The key or path.</summary>
    public string Path { get; }
}
