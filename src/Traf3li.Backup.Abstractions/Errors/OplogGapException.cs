namespace Traf3li.Backup;

/// <summary>The oplog does not hold every change of the time needed, or holds one that cannot be replayed.</summary>
public sealed class OplogGapException : BackupException
{
    /// <summary>Creates the error.</summary>
    public OplogGapException(string reason, Exception? innerException = null)
        : base("OplogGap", $"The oplog cannot carry this backup: {reason}", "Run the backup again at a quieter time, enlarge the oplog (replSetResizeOplog), or use -Consistency Snapshot or None.", null, innerException)
    {
        Reason = reason;
    }

    /// <summary>What is missing or cannot be replayed.</summary>
    public string Reason { get; }
}
