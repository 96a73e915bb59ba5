namespace Traf3li.Backup;

/// <summary>Another restore writes to the same database.</summary>
public sealed class RestoreInProgressException : BackupException
{
    /// <summary>Creates the error.</summary>
    public RestoreInProgressException(string database, string owner, Exception? innerException = null)
        : base("RestoreInProgress", $"Another restore into {database} is running: {owner}", "Wait until it has ended. When its process is gone, its claim expires within a minute.", database, innerException)
    {
        Database = database;
    }

    /// <summary>The database.</summary>
    public string Database { get; }
}
