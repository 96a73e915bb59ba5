namespace Traf3li.Backup;

/// <summary>The bucket or folder of the destination does not exist.</summary>
public sealed class StoreNotFoundException : BackupException
{
    /// <summary>Creates the error.</summary>
    public StoreNotFoundException(string destination, Exception? innerException = null)
        : base("StoreNotFound", $"The destination {destination} does not exist.", "Create it, or correct -Destination, BACKUP_DESTINATION or BACKUP_S3_BUCKET.", destination, innerException)
    {
        Destination = destination;
    }

    /// <summary>The destination, without secrets.</summary>
    public string Destination { get; }
}
