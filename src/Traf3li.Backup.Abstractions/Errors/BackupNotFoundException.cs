namespace Traf3li.Backup;

/// <summary>There is no such backup.</summary>
public sealed class BackupNotFoundException : BackupException
{
    /// <summary>Creates the error.</summary>
    public BackupNotFoundException(string key, string destination, Exception? innerException = null)
        : base("BackupNotFound", $"There is no backup {key} in {destination}.", "List what there is with Get-Traf3liBackup, and check -Destination.", key, innerException)
    {
        Key = key;
    }

    /// <summary>The key asked for.</summary>
    public string Key { get; }
}
