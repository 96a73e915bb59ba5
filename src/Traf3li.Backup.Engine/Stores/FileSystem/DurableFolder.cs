using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Folders whose entries survive a power cut.</summary>
internal static partial class DurableFolder
{
    private const int IoError = 5; // EIO on Linux and macOS

    /// <summary>Creates the folder and its parents, and makes each new entry durable in its parent. On Unix only the owner may enter new ones.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(folder);
        if (parent is not null)
        {
            Create(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (parent is not null)
        {
            Flush(parent);
        }
    }

    /// <summary>
    /// Makes created, renamed and deleted entries of the folder durable. Windows has no such call and needs none on NTFS; shares that refuse it
    /// (EINVAL, ENOTSUP, EACCES) keep their own promise. A disk error is an error.
    /// </summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = new SafeFileHandle(Open(folder, 0), ownsHandle: true);
        if (!handle.IsInvalid && Synchronize(handle) != 0 && Marshal.GetLastPInvokeError() == IoError)
        {
            throw new IOException($"The folder {folder} could not be written to disk.", IoError);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(SafeFileHandle handle);
}
