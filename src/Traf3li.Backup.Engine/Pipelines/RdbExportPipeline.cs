using System.Globalization;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Writes the RDBs of a backup as plain files for servers to start from. They are checked while they are written, and none appears under its
/// name before all are right.
/// </summary>
internal sealed class RdbExportPipeline(IObjectStore? store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    /// <summary>Writes the files.</summary>
    /// <exception cref="ConfigurationInvalidException">The backup is none of Redis, the folder is missing, or a file exists and is not to be replaced.</exception>
    /// <exception cref="VerificationFailedException">The backup does not hold what its manifest records.</exception>
    public async Task<RdbExport> RunAsync(ExportOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var backup = options.Backup;
        var reader = new RedisBackupReader(backup, store, pool);
        var paths = Paths(options, reader.Parts.Count);
        using var progress = new OperationProgress(reporter, time, $"Writing {backup.Key} to {options.OutFile}", backup.LogicalSize);
        var uploads = new List<FileUpload>();
        var summaries = new List<RdbSummary>();
        try
        {
            foreach (var path in paths)
            {
                uploads.Add(FileSystemErrors.Guard("Write", path, () => FileUpload.Begin(path, path, new UploadOptions { OnlyIfAbsent = !options.Overwrite }, time)));
                summaries.Add(await WriteAsync(reader, summaries.Count, uploads[^1], progress, cancellationToken).ConfigureAwait(false));
            }

            foreach (var upload in uploads)
            {
                await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var upload in uploads)
            {
                await upload.DisposeAsync().ConfigureAwait(false);
            }
        }

        var files = summaries.Select((summary, part) => new RdbFile(paths[part], summary.Bytes, summary.Keys, reader.Parts[part].Recorded?.Slot ?? [])).ToArray();
        var warnings = summaries.Any(summary => summary.Checksum == RdbChecksum.Disabled)
            ? new[] { "The server that was backed up wrote no checksum into the RDB (rdbchecksum no), so a server that starts from it cannot find out whether it was damaged meanwhile." }
            : [];
        foreach (var warning in warnings)
        {
            reporter.Warning(warning);
        }

        return new RdbExport
        {
            Backup = backup,
            File = files,
            Server = RdbServers.Describe(summaries[0].Header),
            Module = [.. summaries.SelectMany(summary => summary.Modules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            NextStep = Steps(files),
            Warning = warnings,
            Duration = time.GetElapsedTime(started),
        };
    }

    private static List<string> Paths(ExportOptions options, int count)
    {
        if (options.Backup.Source != BackupSource.Redis)
        {
            throw new ConfigurationInvalidException(
                "OutFile", $"{options.Backup.Key} is a backup of MongoDB, and only an RDB can be written as a file.", "Leave -OutFile away, or restore the archive with mongorestore.");
        }

        var folder = Path.GetDirectoryName(options.OutFile);
        if (!Directory.Exists(folder) || Directory.Exists(options.OutFile))
        {
            throw new ConfigurationInvalidException("OutFile", $"{options.OutFile} is no file in a folder that exists.", "Name a file, such as ./dump.rdb, and create its folder first.");
        }

        var paths = new List<string> { options.OutFile };
        for (var part = 1; part < count; part++)
        {
            var name = $"{Path.GetFileNameWithoutExtension(options.OutFile)}.shard{(part + 1).ToString(CultureInfo.InvariantCulture)}{Path.GetExtension(options.OutFile)}";
            paths.Add(Path.Join(folder, name));
        }

        return options.Overwrite || paths.Find(Path.Exists) is not { } existing
            ? paths
            : throw new ConfigurationInvalidException("OutFile", $"{existing} exists.", "Name another file, or give -Force to replace it.");
    }

    private static async Task<RdbSummary> WriteAsync(
        RedisBackupReader reader, int part, FileUpload upload, OperationProgress progress, CancellationToken cancellationToken)
    {
        var (name, recorded) = reader.Parts[part];
        using var shown = progress.Begin(name, recorded?.ArchiveSize);
        var plain = await reader.OpenAsync(part, cancellationToken).ConfigureAwait(false);
        await using (plain.ConfigureAwait(false))
        {
            var summary = await RdbReader.RunAsync(
                new CountedStream(new WritingStream(plain, upload), shown), name, rdb => RdbSummary.Read(rdb, withDigest: false, cancellationToken), cancellationToken).ConfigureAwait(false);
            return recorded is null || (summary.Keys == recorded.Count && summary.Bytes == recorded.ArchiveSize)
                ? summary
                : throw new VerificationFailedException(
                    name,
                    string.Create(CultureInfo.InvariantCulture, $"it has {summary.Keys} keys in {summary.Bytes} bytes, and {recorded.Count} in {recorded.ArchiveSize} were recorded."));
        }
    }

    private static string[] Steps(RdbFile[] files)
    {
        var place = files.Length == 1
            ? $"Put {files[0].Path} in place of the server's RDB"
            : $"Put each file in place of the RDB of a server that holds its slots ({string.Join(", ", files.Select(file => $"{Path.GetFileName(file.Path)}: {string.Join(' ', file.Slot)}"))})";
        return
        [
            "Stop the server without saving (redis-cli SHUTDOWN NOSAVE), and set 'appendonly no' in its configuration: with an append-only file it would not read the RDB.",
            $"{place}, which lies where 'dir' and 'dbfilename' of its configuration say (dump.rdb by default); keep the old one, and let the server's user own the new one (chown redis:redis).",
            "Start the server, wait for 'DB loaded from disk' in its log, and compare DBSIZE. Only then switch the append-only file on again: CONFIG SET appendonly yes, and in the configuration.",
        ];
    }
}
