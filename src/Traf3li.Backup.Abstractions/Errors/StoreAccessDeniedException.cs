namespace Traf3li.Backup;

/// <summary>The destination refused an action.</summary>
public sealed class StoreAccessDeniedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public StoreAccessDeniedException(string action, string resource, string reason, Exception? innerException = null)
        : base("StoreAccessDenied", $"Access denied: {action} on {resource}. {reason}", $"Grant {action} on {resource} to the identity that the command uses, or give another one with -DestinationCredential or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.", resource, innerException)
    {
        Action = action;
        Resource = resource;
    }

    /// <summary>The action refused, such as s3:PutObject.</summary>
    public string Action { get; }
    /// <summary>The bucket, object or folder.</summary>
    public string Resource { get; }
}
