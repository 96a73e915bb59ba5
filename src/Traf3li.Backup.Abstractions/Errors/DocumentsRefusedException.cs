namespace Traf3li.Backup;

/// <summary>The target server refused documents of the backup.</summary>
public sealed class DocumentsRefusedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public DocumentsRefusedException(long count, string path, string sample, Exception? innerException = null)
        : base("DocumentsRefused", $"The server refused {count} documents; live data was not touched. The first: {sample}", $"Look at the refused documents in {path}. -AllowRefused restores all others.", path, innerException)
    {
        Count = count;
        Path = path;
    }

    /// <summary>How many.</summary>
    public long Count { get; }
    /// <summary>Where they lie, as raw BSON.</summary>
    public string Path { get; }
}
