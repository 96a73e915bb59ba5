using System.Runtime.InteropServices;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>A rename that never overwrites.</summary>
internal static partial class ExclusiveRename
{
    private const int AlreadyExists = 17; // EEXIST on Linux and macOS

    /// <summary>
    /// Moves a file within its folder; false when the target exists. Atomic on Windows and, through a hard link, on Unix (rename(2) would
    /// overwrite). A file system without hard links (exFAT, some shares) gets a check and a rename, between which another writer could
    /// slip; keys that hold the time to the millisecond make that all but impossible.
    /// </summary>
    public static bool TryMove(string source, string target)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(source, target) == 0)
            {
                File.Delete(source);
                return true;
            }

            if (Marshal.GetLastPInvokeError() == AlreadyExists)
            {
                return false;
            }
        }

        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(target))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string created);
}
