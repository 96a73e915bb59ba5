using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Benchmarks.Mongo;

/// <summary>The engine's own work, each beside its baseline.</summary>
internal sealed class MongoMeasurements(MongoConnection connection, OrderData data, string folder, int runs)
{
    private readonly MongoBaselines _baselines = new(connection, data);
    private readonly List<Row> _rows = [];
    private BackupInfo? _zstd;

    public IReadOnlyList<Row> Rows => _rows;

    private double Megabytes => data.Bytes / 1e6;

    /// <summary>Reading and compressing.</summary>
    public async Task MeasureBackupAsync()
    {
        var times = await Timing.CompareAsync(
            runs, () => _baselines.DrainAsync(1), () => _baselines.DrainAsync(2), () => BackupAsync(new NullStore(), CompressionMethod.None));
        Say($"(a) one cursor {Speed(times[0])}, two cursors {Speed(times[1])}");
        _rows.Add(new Row("Backup, no compression, null store", Seconds(times[2]), $"two raw cursors drained: {Seconds(times[1])} (one: {Seconds(times[0])})", times[2] / times[1], 1.6, IsUpper: true));

        long plain = 0;
        var gzip = await Timing.MeasureAsync(() => Task.Run(() => plain = _baselines.Gzip()));
        Say($"(b) gzip on one thread {Speed(gzip)}, {data.Bytes / (double)plain:0.00} : 1");
        await CompareWithGzipAsync(CompressionMethod.Zstd, gzip, plain, speed: 5, size: 1.0);
        await CompareWithGzipAsync(CompressionMethod.Gzip, gzip, plain, speed: 2.5, size: 1.08);
    }

    /// <summary>Restoring what was backed up with zstd.</summary>
    public async Task MeasureRestoreAsync()
    {
        var processor = new List<double>();
        var raw = new List<double>();
        var restore = new List<double>();
        await using var store = new FileSystemStore(folder, TimeProvider.System);
        for (var run = 0; run < Math.Min(runs, 2); run++)
        {
            var commands = _baselines.PrepareInserts();
            raw.Add(await Timing.MeasureAsync(() => _baselines.InsertAsync("raw", commands)));
            await connection.Client.DropDatabaseAsync("raw");
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            restore.Add(await Timing.MeasureAsync(() => RestoreAsync(store, _zstd!, [])));
            processor.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
            Say($"(c) raw inserts {Speed(raw[^1])}; restore {Speed(restore[^1])}");
        }

        var (time, baseline) = (Timing.Median(restore), Timing.Median(raw));
        _rows.Add(new Row("Restore with indexes, verified and swapped", Seconds(time), $"raw inserts on two connections, then indexes: {Seconds(baseline)}", time / baseline, 1.25, IsUpper: true));
        var perMillion = Timing.Median(processor) / (data.Count / 1e6);
        _rows.Add(new Row("Own CPU of that restore per million documents", Seconds(perMillion), "", perMillion, 3, IsUpper: true, "s"));
    }

    /// <summary>Uploading to S3, and restoring 1 % from there.</summary>
    /// <param name="s3">The store; null when there is no server.</param>
    /// <param name="distant">The same store behind a slow link.</param>
    /// <param name="reason">Why there is none.</param>
    public async Task MeasureS3Async(IObjectStore? s3, IObjectStore? distant, string reason)
    {
        const string Selective = "Restore -Namespace of a 1 % collection from S3, bytes read";
        const string Overlap = "Backup to S3 (zstd), whole";
        const string DistantOverlap = "The same over a link of 40 MB/s";
        if (s3 is null || distant is null)
        {
            Say($"There is no S3 server: {reason}");
            _rows.Add(Row.NotRun(Selective, reason, 2, isUpper: true, "%"));
            _rows.Add(Row.NotRun(Overlap, reason, 1.15, isUpper: true));
            _rows.Add(Row.NotRun(DistantOverlap, reason, 1.15, isUpper: true));
            return;
        }

        var stored = await MeasureOverlapAsync(s3, Overlap);
        await MeasureOverlapAsync(distant, DistantOverlap);

        var counting = new CountingStore(s3);
        await RestoreAsync(counting, stored, [$"{OrderData.Database}.small07"]);
        _rows.Add(new Row(Selective, $"{counting.BytesRead / 1e6:0.00} MB", $"{stored.Size / 1e6:0.0} MB stored", 100.0 * counting.BytesRead / stored.Size, 2, IsUpper: true, "%"));
    }

    private async Task<BackupInfo> MeasureOverlapAsync(IObjectStore s3, string name)
    {
        BackupInfo? stored = null;
        var file = Path.Combine(folder, _zstd!.Key);
        var times = await Timing.CompareAsync(
            runs,
            () => BackupAsync(new NullStore(), CompressionMethod.Zstd),
            () => UploadAsync(s3, file),
            async () => stored = await BackupAsync(s3, CompressionMethod.Zstd));
        _rows.Add(new Row(
            name,
            Seconds(times[2]),
            $"the slower of: to a null store {Seconds(times[0])}, upload of {_zstd.Size / 1e6:0} MB alone {Seconds(times[1])}",
            times[2] / Math.Max(times[0], times[1]),
            1.15,
            IsUpper: true));
        return stored!;
    }

    private async Task CompareWithGzipAsync(CompressionMethod method, double gzip, long plain, double speed, double size)
    {
        await using var store = new FileSystemStore(folder, TimeProvider.System);
        BackupInfo? backup = null;
        var time = (await Timing.CompareAsync(runs, async () => backup = await BackupAsync(store, method)))[0];
        _rows.Add(new Row($"Backup, {method}, to a folder, read back: speed", Speed(time), $"gzip optimal on one thread: {Speed(gzip)}", gzip / time, speed, IsUpper: false));
        _rows.Add(new Row($"Backup, {method}: size", $"{backup!.Size / 1e6:0.0} MB", $"{plain / 1e6:0.0} MB", backup.Size / (double)plain, size, IsUpper: true));
        _zstd = method == CompressionMethod.Zstd ? backup : _zstd;

        var file = Path.Combine(folder, backup.Key);
        var times = await Timing.CompareAsync(
            runs, () => MongoBaselines.DecompressAsync(file, backup.Manifest!, Environment.ProcessorCount), () => TestAsync(store, backup));
        _rows.Add(new Row($"Test -Depth Full, {method}: speed", Speed(times[1]), $"decompressing with as many threads: {Speed(times[0])}", times[0] / times[1], 0.7, IsUpper: false));
    }

    private async Task<BackupInfo> BackupAsync(IObjectStore store, CompressionMethod method)
    {
        var options = new BackupOptions { WorkingDirectory = folder, Database = [OrderData.Database], Compression = method, NoUsersAndRoles = true };
        var backup = await new BackupPipeline(store, new BufferPool(), new RecordingReporter(), TimeProvider.System)
            .RunAsync(connection, options, "benchmark", maxSize: null, CancellationToken.None);
        return backup.DocumentCount == data.Count ? backup : throw new InvalidOperationException($"The backup holds {backup.DocumentCount} documents instead of {data.Count}.");
    }

    private async Task RestoreAsync(IObjectStore store, BackupInfo backup, IReadOnlyList<string> namespaces)
    {
        var options = new RestoreOptions { WorkingDirectory = folder, Backup = backup, NoSafetyBackup = true, Namespace = namespaces };
        var result = await new RestorePipeline(connection, store, new BufferPool(), new RecordingReporter(), TimeProvider.System)
            .RunAsync(options, "benchmark", CancellationToken.None);
        if (result.Namespace.Any(item => !item.Verified) || (namespaces.Count == 0 && result.DocumentCount != data.Count))
        {
            throw new InvalidOperationException($"The restore brought {result.DocumentCount} documents, or did not verify them.");
        }
    }

    private async Task TestAsync(IObjectStore store, BackupInfo backup)
    {
        var options = new VerificationOptions { WorkingDirectory = folder, Backup = backup };
        var result = await new VerificationPipeline(store, new BufferPool(), new RecordingReporter(), TimeProvider.System).RunAsync(options, CancellationToken.None);
        if (!result.IsValid)
        {
            throw new InvalidOperationException($"The backup is bad: {result.Problem[0]}");
        }
    }

    private static async Task UploadAsync(IObjectStore store, string path)
    {
        var buffer = new byte[1 << 20];
        await using var file = File.OpenRead(path);
        await using var upload = await store.BeginUploadAsync("upload-alone", new UploadOptions(), CancellationToken.None);
        int read;
        while ((read = await file.ReadAsync(buffer)) > 0)
        {
            await upload.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
        }

        await upload.CompleteAsync(CancellationToken.None);
    }

    private static void Say(string text) => Console.Error.WriteLine(text);

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    private string Speed(double seconds) => (Megabytes / seconds).ToString("0", CultureInfo.InvariantCulture) + " MB/s";
}
