namespace Traf3li.Backup;

/// <summary>An RDB file, or a value in it, is of a version or kind that cannot be read or written.</summary>
public sealed class RdbUnsupportedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public RdbUnsupportedException(string archive, string reason, Exception? innerException = null)
        : base("RdbUnsupported", $"The RDB {archive} cannot be used: {reason}", "Update the module, or use a server and a backup of the versions that the message names.", archive, innerException)
    {
        Archive = archive;
    }

    /// <summary>The key or path of the RDB.</summary>
    public string Archive { get; }
}
