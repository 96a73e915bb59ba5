namespace Traf3li.Backup;

/// <summary>A health check found something critical. It is told of and remembered, and stands in the report; it is never thrown.</summary>
public sealed class HealthCriticalException : BackupException
{
    /// <summary>Creates the error.</summary>
    public HealthCriticalException(string environment, string findings, string advice)
        : base("HealthCritical", findings, advice, environment)
    {
    }
}
