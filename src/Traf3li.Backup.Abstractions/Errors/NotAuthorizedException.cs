namespace Traf3li.Backup;

/// <summary>The database user lacks a right.</summary>
public sealed class NotAuthorizedException : BackupException
{
    /// <summary>Creates the error; a recommendation stands in for the usual one.</summary>
    public NotAuthorizedException(string action, string resource, string reason, Exception? innerException = null, string? recommendation = null)
        : base("NotAuthorized", $"The user may not run {action} on {resource}: {reason}", recommendation ?? $"Grant the right to run {action} on {resource}. The built-in role backup is enough for a backup; a restore needs restore and readWriteAnyDatabase, or dbAdmin and readWrite of its databases.", resource, innerException)
    {
        Action = action;
        Resource = resource;
    }

    /// <summary>The action or command refused.</summary>
    public string Action { get; }
    /// <summary>The database or namespace.</summary>
    public string Resource { get; }
}
