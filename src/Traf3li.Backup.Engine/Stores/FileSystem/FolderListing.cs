namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Walks the files below a folder in ordinal order of their keys, holding one folder's names per level.</summary>
internal static class FolderListing
{
    /// <summary>Every complete object whose key begins with the prefix and comes after another key; folders before that are not entered.</summary>
    public static IEnumerable<StoredObject> List(string root, string prefix, string after, CancellationToken cancellationToken) =>
        Walk(root, prefix, after, temporary: false, cancellationToken).Select(item => FileVersion.Describe(item.Key, item.File));

    /// <summary>Every file that is being written, or was left by a killed run, to a key that begins with the folder of the prefix.</summary>
    public static IEnumerable<FileInfo> TemporaryFiles(string root, string prefix, CancellationToken cancellationToken) =>
        Walk(root, prefix[..(prefix.LastIndexOf('/') + 1)], "", temporary: true, cancellationToken).Select(item => item.File);

    private static IEnumerable<(string Key, FileInfo File)> Walk(string root, string prefix, string after, bool temporary, CancellationToken cancellationToken)
    {
        var path = prefix[..(prefix.LastIndexOf('/') + 1)];
        if (path.Length > 0 && !ObjectKey.IsValid(path.TrimEnd('/')))
        {
            return [];
        }

        return Walk(new DirectoryInfo(Path.Join(root, path)), path, prefix, after, temporary, [], cancellationToken);
    }

    private static IEnumerable<(string Key, FileInfo File)> Walk(
        DirectoryInfo folder, string path, string prefix, string after, bool temporary, IReadOnlyList<string> above, CancellationToken cancellationToken)
    {
        if (!folder.Exists)
        {
            yield break;
        }

        // A link to a folder above would make an endless tree.
        var real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        if (above.Contains(real, StringComparer.Ordinal))
        {
            yield break;
        }

        foreach (var (key, entry) in Entries(folder, path, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (string.CompareOrdinal(key, after) <= 0 && !(entry is DirectoryInfo && after.StartsWith(key, StringComparison.Ordinal)))
            {
                continue;
            }

            if (entry is DirectoryInfo below)
            {
                foreach (var item in Walk(below, key, prefix, after, temporary, [.. above, real], cancellationToken))
                {
                    yield return item;
                }
            }
            else if (TemporaryFileName.IsTemporary(entry.Name) == temporary && entry is FileInfo link && Target(link) is { Exists: true } file)
            {
                yield return (key, file);
            }
        }
    }

    /// <summary>The file itself, or the one that a link leads to, whose size and time are those of the object; null for a link that leads nowhere.</summary>
    public static FileInfo? Target(FileInfo file) =>
        file.Attributes.HasFlag(FileAttributes.ReparsePoint) && file.LinkTarget is not null ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo : file;

    private static List<(string Key, FileSystemInfo Entry)> Entries(DirectoryInfo folder, string path, string prefix) =>
        FileSystemErrors.Guard("List", folder.FullName, () =>
        {
            var entries = new List<(string Key, FileSystemInfo Entry)>();
            try
            {
                foreach (var entry in folder.EnumerateFileSystemInfos())
                {
                    var key = path + entry.Name;
                    if (ObjectKey.IsValid(key) && key.StartsWith(prefix, StringComparison.Ordinal))
                    {
                        // The slash takes part in the order of keys: a-b is before a/b, and a.b after neither.
                        entries.Add((entry is DirectoryInfo ? key + "/" : key, entry));
                    }
                }
            }
            catch (DirectoryNotFoundException)
            {
                // No such prefix, or the folder was removed meanwhile: it holds no objects.
            }

            entries.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            return entries;
        });
}
