namespace Traf3li.Backup;

/// <summary>The backup would be larger than allowed.</summary>
public sealed class SizeLimitExceededException : BackupException
{
    /// <summary>Creates the error.</summary>
    public SizeLimitExceededException(string key, long limit, Exception? innerException = null)
        : base("SizeLimitExceeded", $"The backup {key} grew past the limit of {limit} bytes and was not kept.", "Raise -MaxSize or BACKUP_MAX_FILE_SIZE, leave collections out with -ExcludeCollection, or compress harder.", key, innerException)
    {
        Limit = limit;
    }

    /// <summary>The limit, bytes.</summary>
    public long Limit { get; }
}
