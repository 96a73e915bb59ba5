using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Options of collections and views that a server takes from anyone who may create one, and that must not cost the backup.</summary>
public sealed class OddOptionsTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("values that read like types of Extended JSON")]
    [InlineData("deep nesting")]
    [InlineData("a name twice")]
    public async Task A_view_is_restored_as_it_was(string kind)
    {
        var token = TestContext.Current.CancellationToken;
        await fixture.ClearAsync();
        var shop = fixture.Server.Database("shop");
        await shop.GetCollection<BsonDocument>("orders").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);
        var stage = kind switch
        {
            "deep nesting" => new BsonDocument("$addFields", new BsonDocument("a", new BsonDocument("$literal", Nest(180)))),
            "a name twice" => new BsonDocument("$match", new BsonDocument(allowDuplicateNames: true) { { "_id", new BsonDocument("$gt", 0) }, { "_id", new BsonDocument("$lt", 9) } }),
            _ => new BsonDocument("$addFields", new BsonDocument("a", new BsonDocument("$literal", new BsonArray
            {
                new BsonDocument("$oid", "no id"), new BsonDocument("$date", "no date"), new BsonDocument("$numberInt", "no number"), new BsonDocument("$binary", 1), new BsonDocument("$uuid", "none"),
            }))),
        };
        var create = new BsonDocument { { "create", "odd" }, { "viewOn", "orders" }, { "pipeline", new BsonArray { stage } } };
        await shop.RunCommandAsync<BsonDocument>(create, cancellationToken: token);
        await shop.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "createIndexes", "orders" }, { "indexes", new BsonArray { new BsonDocument { { "key", new BsonDocument("a", 1) }, { "name", "a" }, { "partialFilterExpression", Twice() } } } } }, cancellationToken: token);
        await shop.RunCommandAsync<BsonDocument>(new BsonDocument { { "collMod", "orders" }, { "validator", Twice() } }, cancellationToken: token);
        var state = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        var expected = await shop.GetCollection<RawBsonDocument>("odd").Find(FilterDefinition<RawBsonDocument>.Empty).ToListAsync(token);
        Assert.Single(expected);

        var scenario = new Scenario(fixture.Server, _folder.Path);
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"] });
        await fixture.ClearAsync();
        await scenario.RestoreAsync(backup);

        Scenario.AssertEqual(state, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
        Assert.Equal(expected, await shop.GetCollection<RawBsonDocument>("odd").Find(FilterDefinition<RawBsonDocument>.Empty).ToListAsync(token));
    }

    private static BsonDocument Twice() => new(allowDuplicateNames: true) { { "n", new BsonDocument("$gt", 0) }, { "n", new BsonDocument("$lt", 9) } };

    // As bytes: the driver writes no more than a hundred levels unless told otherwise, and the engine is to tell it.
    private static RawBsonDocument Nest(int depth)
    {
        byte[] document = [5, 0, 0, 0, 0];
        for (var level = 1; level < depth; level++)
        {
            document = [.. BitConverter.GetBytes(document.Length + 8), 3, (byte)'d', 0, .. document, 0];
        }

        return new RawBsonDocument(document);
    }
}
