using System.Diagnostics;
using System.Globalization;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Benchmarks.Copies;

/// <summary>Copying a backup, read back and compared at the other end.</summary>
internal sealed class CopyMeasurements(int size, string folder, int runs)
{
    // The server of the tests keeps 4 GB in memory, and what was deleted for some seconds more.
    private readonly int _sizeInS3 = Math.Min(size, 256 << 20);
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>From one folder to another, beside what a careful person would type.</summary>
    public async Task MeasureFoldersAsync()
    {
        var (here, there) = (Path.Join(folder, "here"), Path.Join(folder, "there"));
        await using var source = new FileSystemStore(Directory.CreateDirectory(here).FullName, TimeProvider.System);
        await using var target = new FileSystemStore(Directory.CreateDirectory(there).FullName, TimeProvider.System);
        var key = await CopySample.PutAsync(source, CopySample.Ago(1), size: size);
        var (original, other) = (Path.Join(here, key), Path.Join(folder, "other"));
        var times = await Timing.CompareAsync(
            runs,
            () => RunAsync("sh", "-c", "cp \"$1\" \"$2\" && sync \"$2\" && sha256sum \"$1\" \"$2\" >/dev/null && rm \"$2\"", "-", original, other),
            () => CopyAsync(source, target, key, CopyMethod.Stream));
        _rows.Add(new Row(
            $"Second copy, folder to folder, read back ({Megabytes(size)})", Seconds(times[1]), $"cp, sync, sha256sum of both: {Seconds(times[0])}", times[1] / times[0], 1, IsUpper: true));
    }

    /// <summary>Within one S3 service over a line that is slower than the service, beside the same copy sent through this machine.</summary>
    public async Task MeasureS3Async(IObjectStore source, IObjectStore target)
    {
        var key = await CopySample.PutAsync(source, CopySample.Ago(1), size: _sizeInS3);
        var times = await Timing.CompareAsync(
            runs,
            () => CopyAsync(source, target, key, CopyMethod.Stream),
            () => CopyAsync(source, target, key, CopyMethod.ServerSide));
        _rows.Add(new Row(
            $"Second copy within one S3 service, by the service, sending at 40 MB/s, read back ({Megabytes(_sizeInS3)})", Seconds(times[1]), $"sent through this machine, read back: {Seconds(times[0])}", times[1] / times[0], 0.8, IsUpper: true));
    }

    private static string Megabytes(int bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture) + " MB";

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    private static async Task CopyAsync(IObjectStore source, IObjectStore target, string key, CopyMethod method)
    {
        // A rate, however high, is what keeps a service from copying by itself.
        var options = CopySample.Options() with { Key = [key], Verify = true, RateLimit = method == CopyMethod.Stream ? long.MaxValue : null };
        await foreach (var result in new CopyPipeline(source, target, new RecordingReporter(), TimeProvider.System).RunAsync(options, CancellationToken.None))
        {
            if (result.Failure is not null || result.Method != method || !result.ReadBack)
            {
                throw new InvalidOperationException($"The copy is {result.Status} by {result.Method}. {result.Error}");
            }
        }

        foreach (var item in await CopySample.KeysAsync(target))
        {
            await target.DeleteAsync(item, CancellationToken.None);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }
}
