using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Mongo.Dump;

/// <summary>Backups through mongos, and from a server that knows no resume tokens, which answer as recorded.</summary>
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

    [Fact]
    public async Task A_connection_lost_where_reading_cannot_go_on_fails_the_backup()
    {
        await using var server = new WireServer(command => Name(command) == "getMore" ? throw new IOException("cut") : RecordedMongos.Answer(command));

        await Assert.ThrowsAsync<ServerUnreachableException>(() => BackUpAsync(server));

        Assert.Single(server.Commands, command => Name(command) == "find" && command["find"] == "orders");
        Assert.DoesNotContain(BackupFiles.In(_folder.Path), path => path.EndsWith(".json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_knows_neither_resume_tokens_nor_unfinished_indexes_is_read_all_the_same()
    {
        await using var server = new WireServer(command =>
        {
            if (Name(command) == "find" && command.Contains("$_requestResumeToken"))
            {
                return new BsonDocument { { "ok", 0.0 }, { "errmsg", "BSON field 'find.$_requestResumeToken' is an unknown field." }, { "code", 40415 }, { "codeName", "Location40415" } };
            }

            if (Name(command) == "listIndexes" && command.Contains("includeBuildUUIDs"))
            {
                return new BsonDocument { { "ok", 0.0 }, { "errmsg", "BSON field 'listIndexes.includeBuildUUIDs' is an unknown field." }, { "code", 40415 }, { "codeName", "Location40415" } };
            }

            // Without the mark of a mongos it is a standalone.
            var reply = RecordedMongos.Answer(command);
            reply.Remove("msg");
            return reply;
        });

        var backup = await BackUpAsync(server);

        Assert.Equal("Standalone", backup.Manifest!.Server.Topology);
        Assert.Equal(RecordedMongos.Orders, backup.Manifest.Namespace[^1].Count);
    }

    private static string Name(BsonDocument command) => command.GetElement(0).Name;

    private Task<BackupInfo> BackUpAsync(WireServer server)
    {
        var options = new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = $"mongodb://127.0.0.1:{server.Port}/?directConnection=true" };
        return new BackupEngine().BackupAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken);
    }

    private static bool IsReadFrom(WireServer server) => server.Commands.Any(command => command.GetElement(0).Name is "find" or "getMore" or "listCollections");
}
