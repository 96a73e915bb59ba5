using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Creates the folder of a destination, for its owner only, and tries whether it does what backups need.</summary>
internal sealed class FolderSetup(FileSystemStore store, StorePreparation wanted)
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const string Writing = "Writing";
    private const string Swapping = "Locks";
    private const string TryKey = LockObject.Folder + "access-check";

    private readonly StepList _steps = new(store.DisplayName, wanted.IsPlan);

    private string Folder => store.DisplayName;

    /// <summary>The steps. The group of a folder that is there keeps its rights: someone gave them on purpose.</summary>
    /// <exception cref="BackupException">The folder does not exist, and could not be created.</exception>
    public async Task<IReadOnlyList<StoreStep>> RunAsync(CancellationToken cancellationToken)
    {
        var isThere = Directory.Exists(Folder);
        await CreateAsync(isThere).ConfigureAwait(false);
        if (isThere && !OperatingSystem.IsWindows())
        {
            await TightenAsync().ConfigureAwait(false);
        }

        JudgeFileSystem(FolderInspection.Inspect(Folder));
        await TryAsync(cancellationToken).ConfigureAwait(false);
        return _steps.Steps;
    }

    private async Task CreateAsync(bool isThere)
    {
        if (isThere)
        {
            _steps.AlreadySo("Folder", "It exists.");
            return;
        }

        // Not a step that can be refused: without it there is nothing else to do.
        FileSystemErrors.Guard("Create", Folder, () =>
        {
            FolderAccess.Check(Folder, write: true);
            if (!wanted.IsPlan)
            {
                DurableFolder.Create(Folder);
            }
        });
        var rights = OperatingSystem.IsWindows() ? "with the access list that its parent passes on" : "which only its owner may enter";
        await _steps.DoAsync("Folder", $"A new folder, {rights}.", static () => Task.FromResult<string?>(null)).ConfigureAwait(false);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private async Task TightenAsync()
    {
        var mode = File.GetUnixFileMode(Folder);
        if ((mode & Others) == UnixFileMode.None)
        {
            _steps.AlreadySo("Permissions", "Only its owner, and the group as far as it was let in, may enter it.");
            return;
        }

        await _steps.DoAsync("Permissions", "Others may no longer enter it.", () =>
        {
            FileSystemErrors.Guard("ChangePermissions", Folder, () => File.SetUnixFileMode(Folder, mode & ~Others));
            return Task.FromResult<string?>(null);
        }).ConfigureAwait(false);
    }

    private void JudgeFileSystem(FolderFacts facts)
    {
        const string Name = "File system";
        var space = facts is { FreeSpace.IsKnown: true, TotalSpace.IsKnown: true }
            ? $"{ReadableSize.Format(facts.FreeSpace.Value)} of {ReadableSize.Format(facts.TotalSpace.Value)} are free"
            : "how much is free is not known";
        var kind = facts.FileSystem.IsKnown ? $"{facts.FileSystem.Value}, " : "";
        if (FileSystems.FindObstacle(facts) is { } obstacle)
        {
            _steps.Refused(Name, $"{obstacle} ({kind}{space}.)");
        }
        else
        {
            _steps.AlreadySo(Name, $"{kind}{space}.");
        }
    }

    // What only an attempt tells is tried once the folder is there.
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (wanted.IsPlan)
            {
                FileSystemErrors.Guard("Access", Folder, () => FolderAccess.Check(Folder, write: true));
                _steps.AlreadySo(Writing, "It can be written.");
                return;
            }

            await WriteAsync(cancellationToken).ConfigureAwait(false);
            _steps.AlreadySo(Writing, "A file gets its name when it is complete, and never in place of another.");
        }
        catch (BackupException error) when (error is StoreAccessDeniedException or StoreFailedException or DiskFullException)
        {
            _steps.Refused(Writing, error.Message);
            return;
        }

        if (await store.SwapsAtomicallyAsync(TryKey, cancellationToken).ConfigureAwait(false))
        {
            _steps.AlreadySo(Swapping, "One writer at a time is let in.");
        }
        else
        {
            _steps.Refused(Swapping, "The file system lets several writers in at once, so runs on other machines are kept out less surely. Mount it with locking (NFS without nolock).");
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(TryKey, cancellationToken).ConfigureAwait(false);
        var options = new UploadOptions { OnlyIfAbsent = true };
        await store.WriteAsync(TryKey, "?"u8.ToArray(), options, cancellationToken).ConfigureAwait(false);
        try
        {
            await store.WriteAsync(TryKey, "!"u8.ToArray(), options, cancellationToken).ConfigureAwait(false);
            throw new StoreFailedException("Write", Folder, "a file took the place of another that was to stay");
        }
        catch (ObjectExistsException)
        {
            // As it should be.
        }
        finally
        {
            await store.DeleteAsync(TryKey, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
