using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Servers;

/// <summary>A replica set that asks for a login, with users of few rights and a database <c>shop</c>.</summary>
public sealed class SecuredMongoFixture : IAsyncLifetime
{
    /// <summary>The password of all users but root.</summary>
    public const string Password = "n0ne-of:your@business";

    private MongoServer? _server;

    /// <summary>The server; skips the test when there is none.</summary>
    public MongoServer Server
    {
        get
        {
            if (_server is null)
            {
                Assert.Skip(MongodLocator.MissingReason(MongoServerOptions.Version6));
            }

            return _server;
        }
    }

    /// <summary>The connection string of a user.</summary>
    public string UriOf(string user, string password = Password) =>
        $"mongodb://{user}:{Uri.EscapeDataString(password)}@127.0.0.1:{Server.Port}/?authSource=admin&replicaSet=rs";

    public async ValueTask InitializeAsync()
    {
        if (MongodLocator.Find(MongoServerOptions.Version6) is null)
        {
            return;
        }

        _server = await MongoServer.StartAsync(new MongoServerOptions { Authentication = true });
        var admin = _server.Database("admin");
        foreach (var (user, role, database) in new[]
        {
            ("reader", "read", "shop"), ("keeper", "backup", "admin"), ("operator", "backup", "admin"),
        })
        {
            await admin.RunCommandAsync<BsonDocument>(new BsonDocument
            {
                { "createUser", user },
                { "pwd", Password },
                { "roles", new BsonArray { new BsonDocument { { "role", role }, { "db", database } } } },
            });
        }

        await admin.RunCommandAsync<BsonDocument>(BsonDocument.Parse("{ grantRolesToUser: 'operator', roles: ['restore', 'readWriteAnyDatabase'] }"));
        await _server.Database("shop").GetCollection<BsonDocument>("orders").InsertManyAsync(Enumerable.Range(0, 200).Select(number => new BsonDocument("_id", number)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
