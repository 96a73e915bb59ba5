using System.Diagnostics;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>Restores of Redis that are killed (SIGKILL) at random moments.</summary>
public sealed class KilledRedisRestoreTests : IDisposable
{
    private const int Kills = 30;
    private const int Keys = 40_000;

    private readonly TemporaryFolder _folder = new();
    private readonly KillMoments _moments = new();
    private readonly BackupEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_next_run_says_what_was_left_and_finishes()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(Keys, 200);
        await source.RunAsync("SET only:in:backup 1");
        var backup = await _engine.BackupAsync(
            new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Source = BackupSource.Redis, Uri = source.Uri }, new RecordingReporter(), CancellationToken.None);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions());
        await SpoilAsync(target);
        var whole = await MeasureAsync(target, backup);
        var (left, done) = (0, 0);
        var next = StartAsync(target, backup);
        for (var round = 0; round < Kills; round++)
        {
            await SpoilAsync(target);
            await using var child = await next;
            next = StartAsync(target, backup);
            child.Begin();
            var waited = await _moments.WaitAsync(whole, child);
            await child.KillAsync();

            var because = $"round {round}, seed {_moments.Seed}, killed {waited.TotalMilliseconds:0} ms after its start";
            var isLeft = await target.RunAsync($"EXISTS {RestoreMarker.Key}") == "1";
            var reporter = new RecordingReporter();
            var result = await _engine.RestoreAsync(Options(target, backup), reporter, CancellationToken.None);

            Assert.True(isLeft == reporter.Warnings.Any(warning => warning.Contains("was not finished", StringComparison.Ordinal)), because);
            Assert.True(result.Redis!.ComparedCount == Keys + 1, because);
            Assert.True(await target.RunAsync("DBSIZE") == $"{Keys + 1}", because);
            left += isLeft ? 1 : 0;
            done += isLeft ? 0 : 1;
        }

        await (await next).DisposeAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_moments.Seed}; a whole restore {whole.TotalMilliseconds:0} ms; left {left}, not begun or done {done}");
        Assert.True(left > 0, $"No kill came in the middle: seed {_moments.Seed}");
    }

    private static async Task SpoilAsync(RedisServer target) => await target.RunAsync(
        "FLUSHALL", "EVAL \"for i = 0, 19999 do redis.call('SET', 'key:' .. i, 'old') redis.call('SET', 'extra:' .. i, 'old') end\" 0");

    private Task<EngineProcess> StartAsync(RedisServer target, BackupInfo backup) =>
        EngineProcess.StartAsync(new Dictionary<string, string>(), "restore", target.Uri, _folder.Path, backup.Key);

    private async Task<TimeSpan> MeasureAsync(RedisServer target, BackupInfo backup)
    {
        await using var child = await StartAsync(target, backup);
        var begun = Stopwatch.GetTimestamp();
        child.Begin();
        await child.CompleteAsync();
        return Stopwatch.GetElapsedTime(begun);
    }

    private RestoreOptions Options(RedisServer target, BackupInfo backup) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Uri = target.Uri,
        Backup = backup,
        NoSafetyBackup = true,
        Verify = true,
    };
}
