namespace Traf3li.Backup;

/// <summary>An archive is damaged or cut off.</summary>
public sealed class ArchiveCorruptException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ArchiveCorruptException(string archive, long offset, string reason, Exception? innerException = null)
        : base("ArchiveCorrupt", $"The archive {archive} is damaged at byte {offset}: {reason}", "Restore from another backup. What lies before that place can be salvaged with -Namespace for the collections that end before it.", archive, innerException)
    {
        Archive = archive;
        Offset = offset;
    }

    /// <summary>The key or path of the archive.</summary>
    public string Archive { get; }
    /// <summary>Where, in bytes of the archive before compression.</summary>
    public long Offset { get; }
}
