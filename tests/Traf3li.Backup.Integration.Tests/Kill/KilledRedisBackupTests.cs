using System.Diagnostics;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>Backups of Redis that are killed (SIGKILL) at random moments: none is listed as complete that is not, and what they leave is removed.</summary>
public sealed class KilledRedisBackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KillMoments _moments = new();
    private readonly BackupEngine _engine = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RedisBackupMethod.Replication, 30)]
    [InlineData(RedisBackupMethod.Scan, 12)]
    public async Task What_a_killed_backup_leaves_is_never_taken_for_a_backup_and_a_later_run_removes_it(RedisBackupMethod method, int rounds)
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.FillAsync(20_000, 1000);
        await MeasureAsync(server, method);
        var full = await MeasureAsync(server, method);
        var next = StartAsync(server, method);
        var (complete, whole) = (0, 0);
        for (var round = 0; round < rounds || (round < 4 * rounds && CountPartialUploads() == 0); round++)
        {
            await using var child = await next;
            next = StartAsync(server, method);
            child.Begin();
            var waited = await _moments.WaitAsync(full, child);
            await child.KillAsync();
            foreach (var backup in await ListAsync())
            {
                if (backup.Status == BackupStatus.Complete)
                {
                    var verification = new VerificationOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = VerificationDepth.Full };
                    var result = await _engine.TestAsync(verification, new RecordingReporter(), Token);
                    Assert.True(result.IsValid, $"round {round}, seed {_moments.Seed}, killed after {waited.TotalMilliseconds:0} ms: {string.Join('\n', result.Problem)}");
                    Assert.Equal(20_000, result.DocumentCount);
                    complete++;
                }
                else
                {
                    // Its object was whole, its manifest not yet there.
                    Assert.Equal(BackupStatus.Legacy, backup.Status);
                    whole++;
                }

                await RemoveAsync(backup.Key);
            }
        }

        await (await next).DisposeAsync();
        var left = CountPartialUploads();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_moments.Seed}; {full.TotalMilliseconds:0} ms; complete {complete}, without manifest {whole}, partial uploads {left}");
        Assert.True(left > 0, $"No kill came during an upload: seed {_moments.Seed}");

        // The server is rid of all that were killed, and takes the next as if nothing had been.
        await server.UntilAsync("INFO replication", "connected_slaves:0");
        var later = new BackupEngine(new ProcessEnvironment(), new LaterTime(TimeSpan.FromHours(25)));
        var done = await later.BackupAsync(Options(server, method), new RecordingReporter(), Token);
        Assert.Equal((BackupStatus.Complete, 20_000), (done.Status, done.DocumentCount!.Value));
        Assert.Equal(0, CountPartialUploads());
    }

    private int CountPartialUploads() =>
        Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count(path => TemporaryFileName.TryParse(Path.GetFileName(path)) is not null);

    private Task<EngineProcess> StartAsync(RedisServer server, RedisBackupMethod method) =>
        EngineProcess.StartAsync(new Dictionary<string, string>(), "redis-backup", server.Uri, _folder.Path, method.ToString());

    private async Task<TimeSpan> MeasureAsync(RedisServer server, RedisBackupMethod method)
    {
        await using var child = await StartAsync(server, method);
        var begun = Stopwatch.GetTimestamp();
        child.Begin();
        await child.CompleteAsync();
        var full = Stopwatch.GetElapsedTime(begun);
        foreach (var backup in await ListAsync())
        {
            Assert.Equal(BackupStatus.Complete, backup.Status);
            await RemoveAsync(backup.Key);
        }

        return full;
    }

    private async Task<List<BackupInfo>> ListAsync()
    {
        var backups = new List<BackupInfo>();
        await foreach (var backup in _engine.ListAsync(new BackupQuery { WorkingDirectory = _folder.Path, Destination = _folder.Path }, new RecordingReporter(), Token))
        {
            backups.Add(backup);
        }

        return backups;
    }

    private async Task RemoveAsync(string key)
    {
        var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await store.DeleteAsync(key + ".manifest.json", Token);
        await store.DeleteAsync(key, Token);
    }

    private BackupOptions Options(RedisServer server, RedisBackupMethod method) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Source = BackupSource.Redis,
        Uri = server.Uri,
        Method = method,
        Compression = CompressionMethod.None,
    };

    private sealed class LaterTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
