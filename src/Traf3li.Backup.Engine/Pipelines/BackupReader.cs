using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Opens what a backup holds, whoever wrote it: by block index, as a plain stream, or as a dump folder.</summary>
internal static class BackupReader
{
    /// <summary>Opens a backup for reading.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="store">Its store; null for one given by path.</param>
    /// <param name="takes">Which namespaces are wanted; what else comes along has to be passed over by the caller.</param>
    /// <param name="pool">Where its bytes are put.</param>
    /// <param name="cancellationToken">Stops all reading.</param>
    public static async Task<IDumpReader> OpenAsync(
        BackupInfo backup, IObjectStore? store, Func<NamespaceManifest, bool> takes, BufferPool pool, CancellationToken cancellationToken)
    {
        if (backup is { Path: { } archive, Manifest: { } index })
        {
            return await IndexedDumpReader.OpenAsync(
                index, takes, takesOplog: true, (offset, length, _) => Task.FromResult(OpenFile(archive, offset, length)), pool, cancellationToken)
                .ConfigureAwait(false);
        }

        if (backup.Path is { } path)
        {
            return await OpenPathAsync(path, pool, cancellationToken).ConfigureAwait(false);
        }

        if (store is null)
        {
            throw new BackupNotFoundException(backup.Key, backup.Destination ?? "no destination");
        }

        if (backup.Manifest is { } manifest)
        {
            return await IndexedDumpReader.OpenAsync(
                manifest, takes, takesOplog: true, (offset, length, token) => store.OpenReadAsync(backup.Key, offset, length, token), pool, cancellationToken)
                .ConfigureAwait(false);
        }

        var stream = await store.OpenReadAsync(backup.Key, 0, length: null, cancellationToken).ConfigureAwait(false);
        return await OpenStreamAsync(stream, backup.Key, pool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens an archive, compressed or not, or a dump folder.</summary>
    /// <exception cref="ForeignFileException">It is neither.</exception>
    public static async Task<IDumpReader> OpenPathAsync(string path, BufferPool pool, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return await DumpFolderReader.OpenAsync(path, pool, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await OpenStreamAsync(OpenFile(path, 0, length: null), path, pool, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FileSystemErrors.IsFileSystemError(exception))
        {
            throw FileSystemErrors.Map("Read", path, exception);
        }
    }

    /// <summary>Opens a range of an archive that lies outside any destination.</summary>
    /// <exception cref="BackupNotFoundException">There is no such file.</exception>
    public static Stream OpenFile(string path, long offset, long? length)
    {
        try
        {
            return FileReadStream.Open(path, offset, length);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BackupNotFoundException(Path.GetFileName(path), Path.GetDirectoryName(path) ?? path, exception);
        }
        catch (Exception exception) when (FileSystemErrors.IsFileSystemError(exception))
        {
            throw FileSystemErrors.Map("Read", path, exception);
        }
    }

    private static async Task<IDumpReader> OpenStreamAsync(Stream stored, string name, BufferPool pool, CancellationToken cancellationToken)
    {
        var plain = await DecompressingStream.OpenAsync(stored, name, pool, cancellationToken).ConfigureAwait(false);
        return await ArchiveReader.OpenAsync(plain, name, pool, cancellationToken).ConfigureAwait(false);
    }
}
