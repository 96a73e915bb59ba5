namespace Traf3li.Backup;

/// <summary>Something failed that this module has no meaning for: a mistake in the module. The cause is the inner exception.</summary>
public sealed class UnexpectedErrorException : BackupException
{
    /// <summary>Creates the error.</summary>
    /// <param name="innerException">The cause. Only its type is named: its text may hold what must not be shown.</param>
    public UnexpectedErrorException(Exception innerException)
        : base(
            "UnexpectedError",
            $"An error occurred that this module does not know ({innerException.GetType().Name}). What was being done is not finished.",
            "This is a mistake in the module: please report it, with what $Error[0].Exception.InnerException says, after taking names and passwords out. Get-Traf3liBackup shows whether a backup came about.",
            target: null,
            innerException)
    {
    }
}
