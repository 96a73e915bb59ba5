using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A replica set that can be kept from confirming writes.</summary>
public sealed class StallingSet6() : MongoFixture(new MongoServerOptions { Arguments = ["--setParameter", "enableTestCommands=1"] });

/// <summary>A set whose majority does not come up with what the node that is read has written.</summary>
public sealed class LostMajorityTests(StallingSet6 fixture) : IClassFixture<StallingSet6>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await ConfirmAsync(confirms: true);
        await WriteAsync(WriteConcern.WMajority);
    }

    [Fact]
    public async Task A_capture_does_not_wait_for_ever_to_begin()
    {
        using var connection = await OpenAsync();
        await ConfirmAsync(confirms: false);
        await WriteAsync(WriteConcern.W1);

        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => StartAsync(connection));

        Assert.StartsWith("Waiting until a majority of the replica set has what ", error.Message, StringComparison.Ordinal);
        Assert.Contains("rs.status()", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_capture_does_not_wait_for_ever_to_end()
    {
        using var connection = await OpenAsync();
        await using var capture = await StartAsync(connection);
        await ConfirmAsync(confirms: false);
        await WriteAsync(WriteConcern.W1);

        await Assert.ThrowsAsync<OperationTimedOutException>(() => capture.FinishAsync(Token));
    }

    [Fact]
    public async Task A_capture_ends_where_the_majority_comes_up()
    {
        using var connection = await OpenAsync();
        await using var capture = await OplogCapture.StartAsync(connection, new NamespaceFilter([], [], []), Token);
        await ConfirmAsync(confirms: false);
        await WriteAsync(WriteConcern.W1);
        var finishing = capture.FinishAsync(Token);
        await ConfirmAsync(confirms: true);

        Assert.True(await finishing > capture.Start);
    }

    private static Task<OplogCapture> StartAsync(MongoConnection connection) =>
        OplogCapture.StartAsync(connection, new NamespaceFilter([], [], []), Patience, Token);

    private Task<MongoConnection> OpenAsync() =>
        MongoConnection.OpenAsync(fixture.Server.Uri, credential: null, forWriting: false, new RecordingReporter(), TimeProvider.System, Token);

    private Task WriteAsync(WriteConcern concern) => fixture.Server.Database("shop").GetCollection<BsonDocument>("orders")
        .WithWriteConcern(concern).InsertOneAsync(new BsonDocument("_id", ObjectId.GenerateNewId()), cancellationToken: CancellationToken.None);

    // What majority reads see stands still while no snapshot is taken (mongo/src/mongo/db/repl/replication_coordinator_impl.cpp).
    private Task<BsonDocument> ConfirmAsync(bool confirms) => fixture.Server.Database("admin").RunCommandAsync<BsonDocument>(
        new BsonDocument { { "configureFailPoint", "disableSnapshotting" }, { "mode", confirms ? "off" : "alwaysOn" } }, cancellationToken: CancellationToken.None);
}
