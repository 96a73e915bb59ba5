using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Backups of collections that grow faster than they are read.</summary>
public sealed class GrowingCollectionTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private const long BytesPerSecond = 6_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ordinary", BackupConsistency.Oplog)]
    [InlineData("ordinary", BackupConsistency.None)]
    [InlineData("clustered", BackupConsistency.None)]
    [InlineData("capped", BackupConsistency.Oplog)]
    [InlineData("series", BackupConsistency.None)]
    public async Task A_backup_ends_although_the_writer_is_faster(string name, BackupConsistency consistency)
    {
        await fixture.ClearAsync();
        var database = fixture.Server.Database("grow");
        await ReadingKinds.FillAsync(database);
        using var stop = new CancellationTokenSource();
        var next = ReadingKinds.Count;
        var started = new TaskCompletionSource();
        var writing = Task.Run(
            async () =>
            {
                for (; !stop.IsCancellationRequested; next += 500)
                {
                    await ReadingKinds.InsertAsync(database, name, next, 500);
                    started.TrySetResult();
                }
            },
            CancellationToken.None);
        BackupInfo backup;
        try
        {
            await started.Task;
            var options = new BackupOptions
            {
                WorkingDirectory = _folder.Path,
                Destination = _folder.Path,
                Uri = fixture.Server.Uri,
                Database = ["grow"],
                Collection = [name],
                Consistency = consistency,
                RateLimit = BytesPerSecond,
            };
            using var endless = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            endless.CancelAfter(TimeSpan.FromMinutes(2));
            backup = await new BackupEngine().BackupAsync(options, new RecordingReporter(), endless.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }

        var read = backup.Manifest!.Namespace.Single().Count;
        Assert.True(read >= ReadingKinds.Count, $"only {read} documents were read");
        Assert.True(next > read, $"the writer's {next} documents were no more than the {read} that were read");
    }
}
