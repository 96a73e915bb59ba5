namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Creates the folder of a destination, for its owner only.</summary>
internal static class FolderSetup
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The steps. The group of a folder that is there keeps its rights: someone gave them on purpose.</summary>
    public static async Task<IReadOnlyList<StoreStep>> RunAsync(string folder, StorePreparation wanted)
    {
        var steps = new StepList(folder, wanted.IsPlan);
        if (Directory.Exists(folder))
        {
            steps.AlreadySo("Folder", "It exists.");
            if (!OperatingSystem.IsWindows())
            {
                await TightenAsync(steps, folder).ConfigureAwait(false);
            }
        }
        else
        {
            var rights = OperatingSystem.IsWindows() ? "with the access list that its parent passes on" : "which only its owner may enter";
            await steps.DoAsync("Folder", $"A new folder, {rights}.", () => TryAsync("Create", folder, () => DurableFolder.Create(folder))).ConfigureAwait(false);
        }

        if (wanted.ObjectLock is not null)
        {
            steps.Refused("Object Lock", "A folder has none. Use a bucket, or a file system with snapshots.");
        }

        return steps.Steps;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static async Task TightenAsync(StepList steps, string folder)
    {
        var mode = File.GetUnixFileMode(folder);
        if ((mode & Others) == UnixFileMode.None)
        {
            steps.AlreadySo("Permissions", "Only its owner, and the group as far as it was let in, may enter it.");
            return;
        }

        await steps.DoAsync("Permissions", "Others may no longer enter it.", () => TryAsync("ChangePermissions", folder, () => File.SetUnixFileMode(folder, mode & ~Others))).ConfigureAwait(false);
    }

    private static Task<string?> TryAsync(string action, string folder, Action work)
    {
        FileSystemErrors.Guard(action, folder, work);
        return Task.FromResult<string?>(null);
    }
}
