namespace Traf3li.Backup;

/// <summary>Something took longer than allowed.</summary>
public sealed class OperationTimedOutException : BackupException
{
    /// <summary>Creates the error.</summary>
    public OperationTimedOutException(string operation, TimeSpan limit, Exception? innerException = null)
        : base("OperationTimedOut", $"{operation} took longer than {limit.TotalSeconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture)} s.", "Run it again; when it stays slow, look at the load of the server and the store.", operation, innerException)
    {
        Operation = operation;
        Limit = limit;
    }

    /// <summary>What took too long.</summary>
    public string Operation { get; }
    /// <summary>How long it was allowed to take.</summary>
    public TimeSpan Limit { get; }
}
