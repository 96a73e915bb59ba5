using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Asks a folder how it is set up.</summary>
internal static class FolderInspection
{
    /// <summary>The facts. Of a folder that is still to be made, those of the nearest one above it, whose permissions say nothing about it.</summary>
    public static FolderFacts Inspect(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
        {
            existing = parent;
        }

        var (free, total, kind) = Drive(existing);
        return new FolderFacts { FreeSpace = free, TotalSpace = total, FileSystem = kind, Permissions = existing == folder ? Permissions(folder) : Fact.Unknown<UnixFileMode>("The folder does not exist yet.") };
    }

    private static (Fact<long> Free, Fact<long> Total, Fact<string> Kind) Drive(string folder)
    {
        try
        {
            // On Unix, any folder names its file system; on Windows only its root does, and a share has none.
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
            return (Fact.Of(drive.AvailableFreeSpace), Fact.Of(drive.TotalSize), Fact.Of(drive.DriveFormat));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (Fact.Unknown<long>(error.Message), Fact.Unknown<long>(error.Message), Fact.Unknown<string>(error.Message));
        }
    }

    private static Fact<UnixFileMode> Permissions(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return Fact.Unknown<UnixFileMode>("On Windows access lists decide.");
        }

        try
        {
            return Fact.Of(File.GetUnixFileMode(folder));
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            return Fact.Unknown<UnixFileMode>(error.Message);
        }
    }
}
