namespace Traf3li.Backup.Testing;

/// <summary>The files of backups in a folder, finished or not, without the locks, records and states that stand beside them.</summary>
public static class BackupFiles
{
    /// <summary>Their paths.</summary>
    public static IReadOnlyList<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => IsOfBackup(Path.GetRelativePath(folder, path).Replace('\\', '/')))];

    /// <summary>Whether a key, which a prefix may stand before, is none of a lock, a record or a state.</summary>
    public static bool IsOfBackup(string key) => !key.Contains("backups/.", StringComparison.Ordinal) || key.Contains("backups/.traf3li-upload~", StringComparison.Ordinal);
}
