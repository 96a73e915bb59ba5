using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>Backups that are killed (SIGKILL) at random moments: none is listed as complete that is not, and what they leave is removed.</summary>
public abstract class KilledBackupTests(ReplicaSet6 fixture) : IDisposable
{
    // Fifty over both places.
    private const int Rounds = KillMoments.Count / 2;

    // On a machine whose load changes, none of the first rounds may hit the upload.
    private const int MostRounds = 6 * Rounds;

    private readonly TemporaryFolder _folder = new();
    private readonly KillMoments _moments = new();
    private readonly BackupEngine _engine = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_a_killed_backup_leaves_is_never_taken_for_a_backup_and_a_later_run_removes_it()
    {
        await FillAsync();
        var place = await OpenAsync(_folder.Path);
        await MeasureAsync(place);
        var full = await MeasureAsync(place);
        var next = StartAsync(place);
        var (complete, whole) = (0, 0);
        for (var round = 0; round < Rounds || (round < MostRounds && await place.CountPartialUploadsAsync() == 0); round++)
        {
            await using var child = await next;
            next = StartAsync(place);
            child.Begin();
            var waited = await _moments.WaitAsync(full, child);
            await child.KillAsync();

            foreach (var backup in await ListAsync(place))
            {
                if (backup.Status == BackupStatus.Complete)
                {
                    var verification = new VerificationOptions { WorkingDirectory = _folder.Path, Destination = place.Destination, DestinationCredential = place.Credential, Backup = backup };
                    var result = await _engine.TestAsync(verification, new RecordingReporter(), CancellationToken.None);
                    Assert.True(result.IsValid, $"round {round}, seed {_moments.Seed}, killed after {waited.TotalMilliseconds:0} ms: {string.Join('\n', result.Problem)}");
                    complete++;
                }
                else
                {
                    // Its upload was complete, its manifest not yet there.
                    Assert.Equal(BackupStatus.Legacy, backup.Status);
                    whole++;
                }

                await RemoveAsync(place, backup.Key);
            }
        }

        await (await next).DisposeAsync();
        var left = await place.CountPartialUploadsAsync();
        Assert.True(left > 0, $"No kill came during an upload: seed {_moments.Seed}");
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_moments.Seed}; {full.TotalMilliseconds:0} ms; complete {complete}, without manifest {whole}, partial uploads {left}");

        var later = new BackupEngine(new ProcessEnvironment(), new LaterTime(TimeSpan.FromHours(25)));
        var done = await later.BackupAsync(Options(place), new RecordingReporter(), CancellationToken.None);
        Assert.Equal(BackupStatus.Complete, done.Status);
        Assert.Equal(0, await place.CountPartialUploadsAsync());
    }

    /// <summary>A place for backups that nothing is in yet.</summary>
    private protected abstract Task<BackupPlace> OpenAsync(string folder);

    private async Task FillAsync()
    {
        await fixture.ClearAsync();
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await fixture.Server.Database("shop").GetCollection<BsonDocument>(name).InsertManyAsync(
                Enumerable.Range(0, 8).Select(id => new BsonDocument { { "_id", id }, { "bytes", bytes } }));
        }
    }

    private async Task<TimeSpan> MeasureAsync(BackupPlace place)
    {
        await using var child = await StartAsync(place);
        var begun = Stopwatch.GetTimestamp();
        child.Begin();
        await child.CompleteAsync();
        var full = Stopwatch.GetElapsedTime(begun);
        foreach (var backup in await ListAsync(place))
        {
            Assert.Equal(BackupStatus.Complete, backup.Status);
            await RemoveAsync(place, backup.Key);
        }

        return full;
    }

    private Task<EngineProcess> StartAsync(BackupPlace place)
    {
        var environment = place.Credential is { } keys
            ? new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = keys.UserName, ["AWS_SECRET_ACCESS_KEY"] = keys.Password }
            : [];
        return EngineProcess.StartAsync(environment, "backup", fixture.Server.Uri, place.Destination, nameof(CompressionMethod.None));
    }

    private BackupOptions Options(BackupPlace place) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = place.Destination,
        DestinationCredential = place.Credential,
        Uri = fixture.Server.Uri,
        Compression = CompressionMethod.None,
    };

    private async Task<List<BackupInfo>> ListAsync(BackupPlace place)
    {
        var query = new BackupQuery { WorkingDirectory = _folder.Path, Destination = place.Destination, DestinationCredential = place.Credential };
        var backups = new List<BackupInfo>();
        await foreach (var backup in _engine.ListAsync(query, new RecordingReporter(), CancellationToken.None))
        {
            backups.Add(backup);
        }

        return backups;
    }

    private static async Task RemoveAsync(BackupPlace place, string key)
    {
        await place.Store.DeleteAsync(key + ".manifest.json", CancellationToken.None);
        await place.Store.DeleteAsync(key, CancellationToken.None);
    }

    private sealed class LaterTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
