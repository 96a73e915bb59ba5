using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Mongo.Dump;

/// <summary>A backup through one of two mongos that answer as recorded.</summary>
public sealed class MongosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_reads_one_snapshot_through_one_mongos()
    {
        await using var first = new WireServer(RecordedMongos.Answer);
        await using var second = new WireServer(RecordedMongos.Answer);
        var options = new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Uri = $"mongodb://127.0.0.1:{first.Port},127.0.0.1:{second.Port}/",
        };

        var backup = await new BackupEngine().BackupAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken);

        var manifest = backup.Manifest!;
        var hash = default(ContentHash);
        foreach (var document in RecordedMongos.Documents)
        {
            hash.Add(document.ToBson());
        }

        Assert.Equal("Sharded", manifest.Server.Topology);
        Assert.Equal(BackupConsistency.Snapshot, manifest.Consistency);
        Assert.Equal(OplogPosition.FromValue(RecordedMongos.ClusterTime.Value), manifest.ConsistencyPoint);
        Assert.Null(manifest.Oplog);
        Assert.Equal(["orders", "large"], manifest.Namespace.OrderByDescending(item => item.Count).Select(item => item.Collection));
        Assert.Equal(RecordedMongos.Orders, manifest.Namespace[^1].Count);
        Assert.Equal(hash.ToHex(), manifest.Namespace[^1].ContentHash);

        var all = first.Commands.Concat(second.Commands).ToArray();
        var finds = all.Where(command => command.GetElement(0).Name == "find").ToArray();
        Assert.NotEmpty(finds);
        Assert.All(finds, find =>
        {
            Assert.Equal("snapshot", find["readConcern"]["level"].AsString);
            Assert.Equal(RecordedMongos.ClusterTime, find["readConcern"]["atClusterTime"]);
            Assert.False(find.Contains("$_requestResumeToken"));
        });
        Assert.Contains(all, command => command.GetElement(0).Name == "getMore");
        Assert.True(IsReadFrom(first) ^ IsReadFrom(second), "a cursor lives on the mongos that opened it");
        Assert.DoesNotContain(all, command => command.GetElement(0).Name is "serverStatus" or "replSetGetStatus" or "replSetGetRBID" || command["$db"] == "local");
    }

    private static bool IsReadFrom(WireServer server) => server.Commands.Any(command => command.GetElement(0).Name is "find" or "getMore" or "listCollections");
}
