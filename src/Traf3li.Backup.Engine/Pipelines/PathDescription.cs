using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Stores.FileSystem;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Describes an archive, a dump folder or an RDB that lies outside any destination.</summary>
internal static class PathDescription
{
    /// <summary>Looks at what is there; of a file only the beginning is read.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="pool">Where its beginning is put.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BackupNotFoundException">There is nothing.</exception>
    /// <exception cref="ForeignFileException">It is none of them.</exception>
    public static async Task<BackupInfo> DescribeAsync(string path, BufferPool pool, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        try
        {
            if (Directory.Exists(path))
            {
                return await DescribeFolderAsync(path, name, pool, cancellationToken).ConfigureAwait(false);
            }

            return File.Exists(path)
                ? await DescribeFileAsync(path, name, pool, cancellationToken).ConfigureAwait(false)
                : throw new BackupNotFoundException(name, Path.GetDirectoryName(path) ?? path);
        }
        catch (Exception error) when (FileSystemErrors.IsFileSystemError(error))
        {
            throw FileSystemErrors.Map("Read", path, error);
        }
    }

    private static async Task<BackupInfo> DescribeFolderAsync(string path, string name, BufferPool pool, CancellationToken cancellationToken)
    {
        var folder = await DumpFolder.OpenAsync(path, pool, cancellationToken).ConfigureAwait(false);
        return new BackupInfo
        {
            Key = name,
            Path = path,
            Database = Databases(folder.Prelude),
            Date = Directory.GetLastWriteTimeUtc(path),
            Size = MeasureFolder(path),
            Status = BackupStatus.Legacy,
            Compression = folder.Files.Any(file => file.Path.EndsWith(".gz", StringComparison.Ordinal)) ? CompressionMethod.Gzip : CompressionMethod.None,
        };
    }

    /// <summary>The bytes of all files of a dump folder.</summary>
    public static long MeasureFolder(string path) => new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static async Task<BackupInfo> DescribeFileAsync(string path, string name, BufferPool pool, CancellationToken cancellationToken)
    {
        var (manifest, problem) = await ReadManifestAsync(path, cancellationToken).ConfigureAwait(false);
        if (manifest is not null)
        {
            return BackupDescription.FromPath(manifest, path, name, new FileInfo(path).Length);
        }

        var plain = await DecompressingStream.OpenAsync(FileReadStream.Open(path, 0, length: null), path, pool, cancellationToken).ConfigureAwait(false);
        var compression = plain.Method;
        var (whole, isRdb) = await LookAtHeadAsync(plain, cancellationToken).ConfigureAwait(false);
        if (isRdb)
        {
            await using (whole.ConfigureAwait(false))
            {
                return await RdbFileDescription.DescribeAsync(whole, path, compression, problem, cancellationToken).ConfigureAwait(false);
            }
        }

        var prelude = await ReadPreludeAsync(whole, path, pool, cancellationToken).ConfigureAwait(false);
        var key = BackupKey.TryParseName(name);
        return new BackupInfo
        {
            Key = name,
            Path = path,
            Type = key?.Type ?? BackupType.Manual,
            Environment = key?.Environment ?? "",
            Database = prelude.Databases,
            Date = key?.Time ?? File.GetLastWriteTimeUtc(path),
            Size = new FileInfo(path).Length,
            Status = BackupStatus.Legacy,
            Compression = compression,
            Warning = [.. new[] { problem, prelude.Problem }.OfType<string>()],
        };
    }

    private static async Task<(Stream Whole, bool IsRdb)> LookAtHeadAsync(DecompressingStream plain, CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[RdbHeader.Length];
            var size = await plain.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return (new PrefixedStream(head.AsMemory(0, size), plain), size == head.Length && RdbHeader.Parse(head) is not null);
        }
        catch
        {
            await plain.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // An archive whose beginning is damaged is still a backup, and a test has to say what is wrong with it.
    private static async Task<(string[] Databases, string? Problem)> ReadPreludeAsync(Stream plain, string path, BufferPool pool, CancellationToken cancellationToken)
    {
        try
        {
            var reader = await ArchiveReader.OpenAsync(plain, path, pool, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return (Databases(reader.Prelude), null);
            }
        }
        catch (ArchiveCorruptException exception)
        {
            return ([], exception.Message);
        }
    }

    private static async Task<(BackupManifest? Manifest, string? Problem)> ReadManifestAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(BackupKey.ManifestOf(path));
        if (!file.Exists)
        {
            return (null, null);
        }

        try
        {
            return file.Length > ManifestSerializer.MaxSize
                ? throw new ManifestCorruptException(file.FullName, $"it has {file.Length} bytes, and no manifest is that long.")
                : (ManifestSerializer.Deserialize(await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false), file.FullName), null);
        }
        catch (BackupException exception) when (exception is ManifestCorruptException or ManifestVersionException)
        {
            return (null, $"{exception.Message} {exception.Recommendation}");
        }
    }

    private static string[] Databases(ArchivePrelude prelude) =>
        [.. prelude.Namespaces.Where(item => !item.IsOplog).Select(item => item.Database).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
