namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>What the errors of a file system mean.</summary>
internal static class FileSystemErrors
{
    // On Unix an IOException's HResult is the errno when .NET gives it no meaning of its own; on Windows 0x8007 and the Win32 code.
    private const int NoSpace = 28; // ENOSPC
    private const int FileTooBig = 27; // EFBIG
    private const int ReadOnly = 30; // EROFS
    private const int OverQuotaLinux = 122; // EDQUOT
    private const int OverQuotaMac = 69; // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070); // ERROR_DISK_FULL
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027); // ERROR_HANDLE_DISK_FULL
    private const int WindowsQuota = unchecked((int)0x80070514); // ERROR_NOT_ENOUGH_QUOTA of NTFS quotas
    private const int WindowsWriteProtected = unchecked((int)0x80070013); // ERROR_WRITE_PROTECT

    /// <summary>Whether the error comes from the file system.</summary>
    public static bool IsFileSystemError(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>Runs work and maps its errors.</summary>
    public static T Guard<T>(string action, string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (IsFileSystemError(error))
        {
            throw Map(action, path, error);
        }
    }

    /// <summary>Runs work and maps its errors.</summary>
    public static void Guard(string action, string path, Action work) => Guard(action, path, () =>
    {
        work();
        return true;
    });

    /// <summary>The error with its meaning.</summary>
    public static BackupException Map(string action, string path, Exception error) => error switch
    {
        UnauthorizedAccessException => new StoreAccessDeniedException(action, path, error.Message, error),
        IOException { HResult: ReadOnly or WindowsWriteProtected } => new StoreAccessDeniedException(action, path, error.Message, error),
        IOException { HResult: WindowsDiskFull or WindowsHandleDiskFull or WindowsQuota } => new DiskFullException(path, error.Message, error),
        IOException { HResult: NoSpace or FileTooBig } when !OperatingSystem.IsWindows() => new DiskFullException(path, error.Message, error),
        IOException { HResult: OverQuotaLinux } when OperatingSystem.IsLinux() => new DiskFullException(path, error.Message, error),
        IOException { HResult: OverQuotaMac } when OperatingSystem.IsMacOS() => new DiskFullException(path, error.Message, error),
        _ => new StoreFailedException(action, path, error.Message, error),
    };
}
