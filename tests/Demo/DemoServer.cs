using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Demo;

/// <summary>
/// The server that the demo plays on: the user's own (MONGODB_URI), of which only a new database is touched, or a throwaway one, in a
/// container where there is no mongod.
/// </summary>
internal sealed class DemoServer : IAsyncDisposable
{
    /// <summary>The database that the demo makes on a server of the user.</summary>
    public const string GuestDatabase = "traf3li_demo";

    private readonly IAsyncDisposable? _own;
    private readonly IMongoClient _client;

    private DemoServer(string uri, string database, IMongoClient client, IAsyncDisposable? own)
    {
        _own = own;
        _client = client;
        Uri = uri;
        Database = database;
    }

    /// <summary>Its connection string; null where it is the user's, which the script has itself.</summary>
    public string? Uri { get; }

    /// <summary>The name of the sample database.</summary>
    public string Database { get; }

    /// <summary>Whether it is a throwaway server.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>The sample database.</summary>
    public IMongoDatabase Shop => _client.GetDatabase(Database);

    /// <summary>Connects or starts; null when there is nothing to start.</summary>
    /// <exception cref="InvalidOperationException">The user's server has a database of the demo's name, which is not the demo's to drop.</exception>
    public static async Task<DemoServer?> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("MONGODB_URI") is { Length: > 0 } given)
        {
            var client = new MongoClient(given);
            using var names = await client.ListDatabaseNamesAsync();
            return (await names.ToListAsync()).Contains(GuestDatabase)
                ? throw new InvalidOperationException($"The server of MONGODB_URI has a database {GuestDatabase} already. Drop or rename it, or name another server.")
                : new DemoServer("", GuestDatabase, client, own: null);
        }

        if (MongodLocator.Find(MongoServerOptions.Version6) is null)
        {
            var container = await DemoContainer.StartAsync();
            return container is null ? null : new DemoServer(container.Uri, "shop", new MongoClient(container.Uri), container);
        }

        var server = await MongoServer.StartAsync(new MongoServerOptions());
        return new DemoServer(server.Uri, "shop", server.Client, server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is null)
        {
            await _client.DropDatabaseAsync(Database);
        }

        _client.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }
}
