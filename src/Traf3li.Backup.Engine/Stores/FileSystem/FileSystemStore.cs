using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Objects as files of a folder, which may be a mounted share. A key is the path below the folder.</summary>
/// <remarks>
/// Links below the folder are followed: its owner may spread it over disks that way, and who can create links there can read and write
/// there anyway. A key itself cannot leave the folder, because it has no <c>..</c> part and is never absolute.
/// </remarks>
internal sealed class FileSystemStore(string root, TimeProvider time) : IObjectStore
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <inheritdoc />
    public string DisplayName => _root;

    /// <inheritdoc />
    public bool ReadsBackByDefault => true;

    /// <inheritdoc />
    public Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        var upload = FileSystemErrors.Guard<IObjectUpload>("Write", path, () =>
        {
            if (options.OnlyIfAbsent && Path.Exists(path))
            {
                throw new ObjectExistsException(key);
            }

            DurableFolder.Create(Path.GetDirectoryName(path)!);
            return FileUpload.Begin(key, path, options, time);
        });
        return Task.FromResult(upload);
    }

    /// <inheritdoc />
    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        RequireRoot();
        return Task.FromResult(FileSystemErrors.Guard("Read", path, () =>
        {
            var link = new FileInfo(path);
            return link.Exists && FolderListing.Target(link) is { Exists: true } file ? FileVersion.Describe(key, file) : null;
        }));
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in ListAsync(prefix, "", cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        RequireRoot();
        foreach (var item in FolderListing.List(_root, prefix, after, cancellationToken))
        {
            yield return item;
        }
    }

    /// <inheritdoc />
    public async Task<bool> SwapsAtomicallyAsync(string key, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(PathOf(key))!;
        try
        {
            return await SwapGuard.IsKeptAsync(folder, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            throw FileSystemErrors.Map("Write", folder, error);
        }
    }

    /// <inheritdoc />
    public Task<Stream> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var path = PathOf(key);
        RequireRoot();
        return Task.FromResult(FileSystemErrors.Guard<Stream>("Read", path, () =>
            File.Exists(path) ? FileReadStream.Open(path, offset, length) : throw new BackupNotFoundException(key, DisplayName)));
    }

    /// <inheritdoc />
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        FileSystemErrors.Guard("Delete", path, () =>
        {
            if (File.Exists(path))
            {
                File.Delete(path);
                DurableFolder.Flush(Path.GetDirectoryName(path)!);
            }
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<StoreFacts> InspectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new StoreFacts { Folder = FolderInspection.Inspect(_root) });
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoreStep>> PrepareAsync(StorePreparation wanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new FolderSetup(this, wanted).RunAsync(cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>A folder that does not exist yet is no obstacle to writing when it can be created.</remarks>
    public Task CheckAccessAsync(bool write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!write)
        {
            RequireRoot();
        }

        FileSystemErrors.Guard("Access", _root, () => FolderAccess.Check(_root, write));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    /// <remarks>A file of a process that still runs on this machine is left, and so is one that was written to after <paramref name="olderThan" />.</remarks>
    public Task<int> RemoveStaleUploadsAsync(string prefix, DateTime olderThan, CancellationToken cancellationToken)
    {
        var removed = 0;
        if (Directory.Exists(_root))
        {
            FileSystemErrors.Guard("Delete", _root, () =>
            {
                foreach (var file in FolderListing.TemporaryFiles(_root, prefix, cancellationToken))
                {
                    if (TemporaryFileName.TryParse(file.Name) is { } name && name.BegunAt < olderThan && file.LastWriteTimeUtc < olderThan && !name.IsOwnerRunning())
                    {
                        file.Delete();
                        removed++;
                    }
                }
            });
        }

        return Task.FromResult(removed);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string PathOf(string key)
    {
        ObjectKey.Require(key);
        if (TemporaryFileName.IsTemporary(key[(key.LastIndexOf('/') + 1)..]))
        {
            throw new ConfigurationInvalidException("Key", $"'{key}' is the name of a file that is still being written.", "Take the key as Get-Traf3liBackup shows it.");
        }

        if (OperatingSystem.IsWindows() && !WindowsNames.AreAllowed(key))
        {
            throw new ConfigurationInvalidException("Key", $"'{key}' cannot be the name of a file on Windows.", "Use a key without the characters \" < > | : * ? and without parts that end in a dot or a space or are a device's name.");
        }

        return Path.Join(_root, key);
    }

    private void RequireRoot()
    {
        if (!FileSystemErrors.Guard("Read", _root, () => Directory.Exists(_root)))
        {
            throw new StoreNotFoundException(_root);
        }
    }
}
