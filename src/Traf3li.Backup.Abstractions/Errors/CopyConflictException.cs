namespace Traf3li.Backup;

/// <summary>Under the key of a backup that is to be copied, the second destination holds something else.</summary>
public sealed class CopyConflictException : BackupException
{
    /// <summary>Creates the error.</summary>
    public CopyConflictException(string key, string from, string to, string difference, Exception? innerException = null)
        : base(
            "CopyConflict",
            $"{to} holds another {key} than {from}: {difference} Neither was changed.",
            "Test both with Test-Traf3liBackup -Destination, and remove the wrong one by hand, or choose another -To.",
            key,
            innerException)
    {
        Key = key;
        From = from;
        To = to;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>Where it should have been copied from, without secrets.</summary>
    public string From { get; }

    /// <summary>Where it should have been copied to, without secrets.</summary>
    public string To { get; }
}
