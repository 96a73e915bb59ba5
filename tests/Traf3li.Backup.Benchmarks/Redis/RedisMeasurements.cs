using System.Globalization;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Benchmarks.Redis;

/// <summary>Backup, reading and restore of Redis, each beside what Redis's own tools take.</summary>
internal sealed class RedisMeasurements(RedisServer server, long keys, string folder, int runs)
{
    private readonly RedisBaselines _baselines = new(server, folder);
    private readonly List<Row> _rows = [];
    private BackupInfo? _stored;

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>Reading, checking, compressing and storing.</summary>
    public async Task MeasureBackupAsync()
    {
        await using var store = new FileSystemStore(folder, TimeProvider.System);
        BackupInfo? gzip = null;
        var times = await Timing.CompareAsync(
            runs,
            _baselines.ReadRdbAsync,
            _baselines.GzipAsync,
            async () => gzip = await BackupAsync(store, CompressionMethod.Gzip, readBack: false),
            async () => _stored = await BackupAsync(store, CompressionMethod.Zstd, readBack: false),
            () => BackupAsync(store, CompressionMethod.Zstd, readBack: true));
        var baseline = $"redis-cli --rdb alone: {Seconds(times[0])} (then gzip -1: {Seconds(times[0] + times[1])}, {Megabytes(_baselines.GzipSize)})";
        _rows.Add(new Row(
            $"Redis backup, zstd, to a folder ({Megabytes(_stored!.Size)})", $"{Seconds(times[3])} (read back: {Seconds(times[4])})", baseline, times[3] / times[0], 1.1, IsUpper: true));
        _rows.Add(new Row($"Redis backup, gzip, to a folder ({Megabytes(gzip!.Size)})", Seconds(times[2]), baseline, times[2] / times[0], 1.1, IsUpper: true));
    }

    /// <summary>Parsing and checking an RDB on one thread.</summary>
    public async Task MeasureReadingAsync()
    {
        var times = await Timing.CompareAsync(runs, _baselines.CheckRdbAsync, ReadAsync);
        var size = new FileInfo(_baselines.RdbPath).Length / 1e6;
        _rows.Add(new Row("RDB parsed and verified on one core", Seconds(times[1]), $"redis-check-rdb: {Seconds(times[0])}", size / times[1], 400, IsUpper: false, "MB/s"));
    }

    /// <summary>Restoring what was backed up into an empty server.</summary>
    public async Task MeasureRestoreAsync()
    {
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["save \"\""] });
        await using var store = new FileSystemStore(folder, TimeProvider.System);
        await _baselines.PrepareRestoreAsync();
        var pipe = new List<double>();
        var restore = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            await target.RunAsync("FLUSHALL");
            pipe.Add(await Timing.MeasureAsync(() => _baselines.PipeAsync(target)));
            await target.RunAsync("FLUSHALL");
            restore.Add(await Timing.MeasureAsync(() => RestoreAsync(store, target)));
        }

        var (time, baseline) = (Timing.Median(restore), Timing.Median(pipe));
        _rows.Add(new Row("Redis restore from zstd, a thousand values compared: speed", Seconds(time), $"redis-cli --pipe of prepared RESTORE commands: {Seconds(baseline)}", baseline / time, 1.0, IsUpper: false));
    }

    private async Task RestoreAsync(FileSystemStore store, RedisServer target)
    {
        var options = new RestoreOptions { WorkingDirectory = folder, Backup = _stored!, NoSafetyBackup = true };
        var result = await new RedisRestorePipeline(RedisUri.Parse(target.Uri), store, new BufferPool(), new ReplicationOptions(), new RecordingReporter(), TimeProvider.System)
            .RunAsync(options, "benchmark", CancellationToken.None);
        if (result.Redis?.Restored.Count != keys || result.Redis.ComparedCount == 0)
        {
            throw new InvalidOperationException($"The restore brought {result.Redis?.Restored.Count} keys, or compared none.");
        }
    }

    private async Task ReadAsync()
    {
        await using var rdb = File.OpenRead(_baselines.RdbPath);
        var summary = await RdbReader.RunAsync(rdb, _baselines.RdbPath, reader => RdbSummary.Read(reader, withDigest: false, CancellationToken.None), CancellationToken.None);
        if (summary.Keys != keys || summary.Checksum != RdbChecksum.Right)
        {
            throw new InvalidOperationException($"The RDB has {summary.Keys} keys instead of {keys}.");
        }
    }

    private async Task<BackupInfo> BackupAsync(FileSystemStore store, CompressionMethod method, bool readBack)
    {
        var options = new BackupOptions { WorkingDirectory = folder, Source = BackupSource.Redis, Compression = method, Verify = readBack };
        var backup = await new RedisBackupPipeline(store, new BufferPool(), new ReplicationOptions(), new RecordingReporter(), TimeProvider.System)
            .RunAsync(RedisUri.Parse(server.Uri), options, "benchmark", maxSize: null, CancellationToken.None);
        return backup.DocumentCount == keys ? backup : throw new InvalidOperationException($"The backup holds {backup.DocumentCount} keys instead of {keys}.");
    }

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture) + " MB";
}
