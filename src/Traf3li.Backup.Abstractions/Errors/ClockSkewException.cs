namespace Traf3li.Backup;

/// <summary>The clock of this machine and the store's are too far apart.</summary>
public sealed class ClockSkewException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ClockSkewException(string destination, string reason, Exception? innerException = null)
        : base("ClockSkew", $"The clocks of this machine and of the destination {destination} are too far apart: {reason}", "Set the clock of this machine (NTP), then run the command again.", destination, innerException)
    {
        Destination = destination;
    }

    /// <summary>The destination, without secrets.</summary>
    public string Destination { get; }
}
