namespace Traf3li.Backup;

/// <summary>A restore did not complete.</summary>
public sealed class RestoreFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public RestoreFailedException(string reason, string state, Exception? innerException = null)
        : base("RestoreFailed", $"The restore failed: {reason} {state}", "Mend the cause and run the same command again: it finishes or cleans up what this one left.", null, innerException)
    {
        State = state;
    }

    /// <summary>What is where now.</summary>
    public string State { get; }
}
