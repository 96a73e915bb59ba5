using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>One server for the tests of a class; where there is no such mongod its tests are skipped by name.</summary>
public abstract class MongoFixture(MongoServerOptions options) : IAsyncLifetime
{
    private MongoServer? _server;

    /// <summary>The server.</summary>
    public MongoServer Server
    {
        get
        {
            Assert.SkipWhen(_server is null, MongodLocator.MissingReason(options.Version));
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (MongodLocator.Find(options.Version) is not null)
        {
            _server = await MongoServer.StartAsync(options);
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Drops everything that is not the server's own.</summary>
    public async Task ClearAsync()
    {
        foreach (var name in await (await Server.Client.ListDatabaseNamesAsync()).ToListAsync())
        {
            if (name is not ("local" or "config" or "admin"))
            {
                await Server.Client.DropDatabaseAsync(name);
            }
        }
    }
}

/// <summary>A one-member replica set of 6.0.</summary>
public sealed class ReplicaSet6() : MongoFixture(new MongoServerOptions());

/// <summary>A one-member replica set of 7.0.</summary>
public sealed class ReplicaSet7() : MongoFixture(new MongoServerOptions { Version = MongoServerOptions.Version7 });

/// <summary>A standalone of 6.0.</summary>
public sealed class Standalone6() : MongoFixture(new MongoServerOptions { ReplicaSet = false });

/// <summary>A standalone of 7.0.</summary>
public sealed class Standalone7() : MongoFixture(new MongoServerOptions { Version = MongoServerOptions.Version7, ReplicaSet = false });
