using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Servers;

/// <summary>One replica set for all tests of the module, started by the first that asks.</summary>
public sealed class MongoFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private MongoServer? _server;

    /// <summary>The server; skips the test when there is none.</summary>
    public async Task<MongoServer> GetAsync()
    {
        if (MongodLocator.Find(MongoServerOptions.Version6) is null)
        {
            Assert.Skip(MongodLocator.MissingReason(MongoServerOptions.Version6));
        }

        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _server ??= await MongoServer.StartAsync(new MongoServerOptions());
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Drops all databases of users and fills the database <c>shop</c>.</summary>
    public static async Task ResetAsync(MongoServer server)
    {
        using var names = await server.Client.ListDatabaseNamesAsync();
        foreach (var name in (await names.ToListAsync()).Except(["admin", "local", "config"], StringComparer.Ordinal))
        {
            await server.Client.DropDatabaseAsync(name);
        }

        var shop = server.Database("shop");
        await shop.RunCommandAsync<BsonDocument>(new BsonDocument("dropAllUsersFromDatabase", 1));
        foreach (var (collection, count) in new[] { ("customers", 300), ("orders", 500), ("log", 50), ("cacheOfPages", 20) })
        {
            await shop.GetCollection<BsonDocument>(collection)
                .InsertManyAsync(Enumerable.Range(0, count).Select(number => new BsonDocument { { "_id", number }, { "text", $"{collection} {number}" } }));
        }

        await shop.RunCommandAsync<BsonDocument>(BsonDocument.Parse("{ createIndexes: 'orders', indexes: [{ key: { text: 1 }, name: 'text_1', unique: true }] }"));
        await shop.RunCommandAsync<BsonDocument>(BsonDocument.Parse("{ createUser: 'shopkeeper', pwd: 'a throw-away word', roles: ['read'] }"));
    }

    /// <summary>The number of documents.</summary>
    public static long Count(MongoServer server, string database, string collection) =>
        server.Database(database).GetCollection<BsonDocument>(collection).CountDocuments(FilterDefinition<BsonDocument>.Empty);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
