using System.Globalization;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>The version of a file: when it was written, in ticks of 100 ns, and its size, both hexadecimal.</summary>
internal static class FileVersion
{
    // Of file systems that keep times in whole or even seconds only (FAT).
    private static readonly long[] Steps = [TimeSpan.TicksPerMicrosecond, TimeSpan.TicksPerSecond, 2 * TimeSpan.TicksPerSecond];

    /// <summary>The version of a file that is there.</summary>
    public static string Of(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}");

    /// <summary>The file as an object.</summary>
    public static StoredObject Describe(string key, FileInfo file) => new(key, file.Length, file.LastWriteTimeUtc, StorageClass: null, Of(file));

    /// <summary>Gives a file another version than the one that it replaces: clocks of file systems tick in milliseconds, and sizes are often the same.</summary>
    public static void MakeDifferent(string path, FileInfo replaced)
    {
        var newest = replaced.LastWriteTimeUtc;
        foreach (var step in Steps)
        {
            if (File.GetLastWriteTimeUtc(path) > newest)
            {
                return;
            }

            File.SetLastWriteTimeUtc(path, newest.AddTicks(step));
        }
    }
}
