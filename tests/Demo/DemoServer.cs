using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Demo;

/// <summary>The server that the demo plays on: the user's own (MONGODB_URI), of which only a new database is touched, or a throwaway one.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private readonly MongoServer? _own;
    private readonly IMongoClient _client;

    private DemoServer(string uri, string database, IMongoClient client, MongoServer? own)
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

    /// <summary>Connects or starts; null when there is no mongod.</summary>
    public static async Task<DemoServer?> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("MONGODB_URI") is { Length: > 0 } given)
        {
            var client = new MongoClient(given);
            var unused = $"traf3li_demo_{Guid.NewGuid():N}"[..21];
            return new DemoServer("", unused, client, own: null);
        }

        if (MongodLocator.Find(MongoServerOptions.Version6) is null)
        {
            return null;
        }

        var server = await MongoServer.StartAsync(new MongoServerOptions());
        return new DemoServer(server.Uri, "shop", server.Client, server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.DisposeAsync();
            return;
        }

        await _client.DropDatabaseAsync(Database);
        _client.Dispose();
    }
}
