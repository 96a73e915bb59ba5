using System.Runtime.InteropServices;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Whether a folder can be read and written, found out without leaving anything in it.</summary>
internal static partial class FolderAccess
{
    private const int ReadAndEnter = 4 | 1; // R_OK | X_OK
    private const int WriteAndEnter = 2 | 1; // W_OK | X_OK

    /// <summary>Checks the folder, or, when it is to be written and does not exist yet, the nearest one above it that does.</summary>
    /// <exception cref="UnauthorizedAccessException">It cannot be read or written.</exception>
    public static void Check(string folder, bool write)
    {
        if (Directory.Exists(folder))
        {
            using var entries = Directory.EnumerateFileSystemEntries(folder).GetEnumerator();
            _ = entries.MoveNext();
            Require(folder, ReadAndEnter);
        }
        else if (File.Exists(folder))
        {
            throw new IOException($"{folder} is a file, not a folder.");
        }

        if (write)
        {
            var existing = folder;
            while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            {
                existing = parent;
            }

            Require(existing, WriteAndEnter);
        }
    }

    private static void Require(string folder, int mode)
    {
        // Windows decides by access lists that only an attempt to write evaluates; the upload that follows reports the same error.
        if (!OperatingSystem.IsWindows() && Access(folder, mode) != 0)
        {
            throw new UnauthorizedAccessException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
