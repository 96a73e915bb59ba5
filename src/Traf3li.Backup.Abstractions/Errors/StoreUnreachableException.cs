namespace Traf3li.Backup;

/// <summary>The destination did not answer.</summary>
public sealed class StoreUnreachableException : BackupException
{
    /// <summary>Creates the error.</summary>
    public StoreUnreachableException(string destination, string reason, Exception? innerException = null)
        : base("StoreUnreachable", $"The destination {destination} cannot be reached: {reason}", "Check the host name, the port and the network of the destination, then run the command again.", destination, innerException)
    {
        Destination = destination;
    }

    /// <summary>The destination, without secrets.</summary>
    public string Destination { get; }
}
