using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A standalone of 6.0 that fails on demand.</summary>
public sealed class FailingStandalone6() : MongoFixture(new MongoServerOptions { ReplicaSet = false, Arguments = ["--setParameter", "enableTestCommands=1"] });

/// <summary>A server that takes longer than it may.</summary>
public sealed class TimedOutTests(FailingStandalone6 fixture) : IClassFixture<FailingStandalone6>, IAsyncLifetime
{
    private const int SocketTimeout = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() =>
        await fixture.Server.Database("admin").RunCommandAsync<BsonDocument>("{configureFailPoint: 'failCommand', mode: 'off'}");

    [Fact]
    public async Task A_command_that_the_server_ends_has_timed_out_and_is_not_tried_again()
    {
        var reporter = new RecordingReporter();
        using var connection = await OpenAsync(fixture.Server.Uri, reporter);
        await FailAsync(new BsonDocument { { "failCommands", new BsonArray { "count" } }, { "errorCode", 50 } });

        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => connection.RunAsync("shop", new BsonDocument("count", "orders"), Token));

        Assert.Equal("count on shop took longer than the server allows (maxTimeMS).", error.Message);
        Assert.Contains("defaultMaxTimeMS", error.Recommendation, StringComparison.Ordinal);
        Assert.Empty(reporter.Details);
    }

    [Fact]
    public async Task A_command_without_an_answer_has_timed_out_when_the_retries_are_used_up()
    {
        var reporter = new RecordingReporter();
        using var connection = await OpenAsync($"{fixture.Server.Uri}?socketTimeoutMS={SocketTimeout}", reporter);
        await FailAsync(new BsonDocument { { "failCommands", new BsonArray { "count" } }, { "blockConnection", true }, { "blockTimeMS", 100 * SocketTimeout } });

        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => connection.RunAsync("shop", new BsonDocument("count", "orders"), Token));

        Assert.Equal($"count on shop took longer than {SocketTimeout} ms at each attempt (socketTimeoutMS of the connection string).", error.Message);
        Assert.Contains("Raise socketTimeoutMS", error.Recommendation, StringComparison.Ordinal);
        Assert.NotEmpty(reporter.Details);
    }

    private static Task<MongoConnection> OpenAsync(string uri, RecordingReporter reporter) =>
        MongoConnection.OpenAsync(uri, credential: null, forWriting: true, reporter, new SkippingTime(), Token);

    private Task<BsonDocument> FailAsync(BsonDocument data) => fixture.Server.Database("admin").RunCommandAsync<BsonDocument>(
        new BsonDocument { { "configureFailPoint", "failCommand" }, { "mode", "alwaysOn" }, { "data", data } }, cancellationToken: Token);
}
