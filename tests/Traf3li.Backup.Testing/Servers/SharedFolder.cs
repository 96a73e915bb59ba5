namespace Traf3li.Backup.Testing.Servers;

/// <summary>Finds what tests may use beside the repository: a sibling folder <c>shared</c>, or the one that TRAF3LI_TEST_SHARED names.</summary>
public static class SharedFolder
{
    /// <summary>A path below the shared folder; null when it is not there.</summary>
    public static string? Find(string relativePath)
    {
        if (Environment.GetEnvironmentVariable("TRAF3LI_TEST_SHARED") is { Length: > 0 } named)
        {
            return Existing(Path.Combine(named, relativePath));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Traf3li.Backup.sln")))
            {
                return folder.Parent is null ? null : Existing(Path.Combine(folder.Parent.FullName, "shared", relativePath));
            }
        }

        return null;
    }

    private static string? Existing(string path) => File.Exists(path) || Directory.Exists(path) ? path : null;
}
