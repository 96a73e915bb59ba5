namespace Traf3li.Backup;

/// <summary>A server or a store that can be reached did not answer a call in the time that it is given.</summary>
public sealed class OperationTimedOutException : BackupException
{
    /// <summary>Creates the error.</summary>
    public OperationTimedOutException(string operation, string limit, string recommendation, Exception? innerException = null)
        : base("OperationTimedOut", $"{operation} took longer than {limit}.", recommendation, operation, innerException)
    {
        Operation = operation;
        Limit = limit;
    }

    /// <summary>What took too long, such as <c>find on shop.orders</c>.</summary>
    public string Operation { get; }

    /// <summary>How long it was allowed to take, or which setting says so.</summary>
    public string Limit { get; }
}
