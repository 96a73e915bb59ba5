using System.Management.Automation;

namespace Traf3li.Backup.Errors;

/// <summary>Turns an error of the engine into PowerShell's: permanent id, category, target and the way out.</summary>
internal static class ErrorRecordFactory
{
    /// <summary>The error record of an exception.</summary>
    public static ErrorRecord Create(BackupException exception) => new(exception, exception.ErrorId, Category(exception), exception.Target)
    {
        ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = exception.Recommendation },
    };

    /// <summary>Whether no other record of the pipeline can succeed either, because the server, the store or the settings are at fault.</summary>
    public static bool ConcernsEveryRecord(BackupException exception) => exception is
        ConfigurationInvalidException or
        StoreUnreachableException or StoreNotFoundException or StoreRegionException or ClockSkewException or
        ServerUnreachableException or ServerUnsupportedException or AuthenticationFailedException or TlsFailedException;

    private static ErrorCategory Category(BackupException exception) => exception switch
    {
        ConfigurationInvalidException => ErrorCategory.InvalidArgument,
        AuthenticationFailedException => ErrorCategory.AuthenticationError,
        NotAuthorizedException or StoreAccessDeniedException => ErrorCategory.PermissionDenied,
        TlsFailedException or ClockSkewException => ErrorCategory.SecurityError,
        ServerUnreachableException or StoreUnreachableException or StoreRegionException or NotificationFailedException => ErrorCategory.ConnectionError,
        BackupNotFoundException or StoreNotFoundException => ErrorCategory.ObjectNotFound,
        ArchiveCorruptException or ManifestCorruptException or ManifestVersionException or ChecksumMismatchException
            or RdbCorruptException or RdbUnsupportedException
            or ForeignFileException or VerificationFailedException or DocumentsRefusedException or IndexesRefusedException => ErrorCategory.InvalidData,
        OperationTimedOutException => ErrorCategory.OperationTimeout,
        DiskFullException or SizeLimitExceededException => ErrorCategory.LimitsExceeded,
        ObjectArchivedException => ErrorCategory.ResourceUnavailable,
        ObjectExistsException or CopyConflictException => ErrorCategory.ResourceExists,
        RestoreInProgressException or BackupLockedException => ErrorCategory.ResourceBusy,
        ServerUnsupportedException or ReplicationRefusedException or OplogGapException => ErrorCategory.InvalidOperation,
        RestoreFailedException or SafetyBackupFailedException or BackupLockLostException or ObjectChangedException => ErrorCategory.OperationStopped,
        ServerFailedException or StoreFailedException or HealthCriticalException => ErrorCategory.InvalidResult,
        UnexpectedErrorException => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
