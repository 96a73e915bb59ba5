using System.Net;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using MongoDB.Driver.Core.Servers;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>A connection to one MongoDB deployment and what is known of it. Errors come out as <see cref="BackupException" />.</summary>
internal sealed class MongoConnection : IDisposable
{
    // MongoDB 4.4 speaks wire version 9 (mongo/src/mongo/db/wire_version.h).
    private const int OldestWireVersion = 9;

    private static readonly TimeSpan DefaultSelectionTimeout = TimeSpan.FromSeconds(15);

    private readonly MongoClientSettings _settings;

    // The driver writes a hundred levels by itself; a server takes twice as many, in the options of a view for one.
    static MongoConnection()
    {
        BsonDefaults.MaxSerializationDepth = RawBson.MaxDepth;
        BsonBinaryWriterSettings.Defaults.MaxSerializationDepth = RawBson.MaxDepth;
    }

    private MongoConnection(
        MongoClient client, MongoClientSettings settings, string? defaultDatabase, RetryPolicy retries, BsonDocument hello, BsonDocument buildInfo)
    {
        Client = client;
        _settings = settings;
        Retries = retries;
        DefaultDatabase = defaultDatabase;
        Version = Version.Parse(buildInfo["version"].AsString.Split('-', '+')[0]);
        VersionText = buildInfo["version"].AsString;
        WireVersion = hello["maxWireVersion"].ToInt32();
        ReplicaSet = hello.GetValue("setName", BsonNull.Value) is BsonString name ? name.Value : null;
        Self = hello.GetValue("me", BsonNull.Value) is BsonString self ? self.Value : null;
        Topology = hello.GetValue("msg", "") == "isdbgrid" ? ServerTopology.Sharded
            : ReplicaSet is null ? ServerTopology.Standalone
            : ServerTopology.ReplicaSet;
        Host = Self ?? string.Join(",", settings.Servers.Select(server => $"{server.Host}:{server.Port}"));
    }

    /// <summary>The driver's client.</summary>
    public IMongoClient Client { get; }

    /// <summary>How long a command may be without an answer: <c>socketTimeoutMS</c>; 0 for any time.</summary>
    public TimeSpan SocketTimeout => _settings.SocketTimeout;

    /// <summary>How calls to this server are tried again.</summary>
    public RetryPolicy Retries { get; }

    /// <summary>The database that the connection string names; null when it names none or only <c>admin</c>, the place of users.</summary>
    public string? DefaultDatabase { get; }

    /// <summary>host:port of the node that answered, or the hosts of the connection string.</summary>
    public string Host { get; }

    /// <summary>The server's version.</summary>
    public Version Version { get; }

    /// <summary>The server's version as it says it.</summary>
    public string VersionText { get; }

    /// <summary>The newest wire protocol that the server speaks.</summary>
    public int WireVersion { get; }

    /// <summary>The kind of deployment.</summary>
    public ServerTopology Topology { get; }

    /// <summary>The replica set's name; null elsewhere.</summary>
    public string? ReplicaSet { get; }

    private string? Self { get; }

    /// <summary>Connects and asks who is there.</summary>
    /// <param name="uri">The connection string.</param>
    /// <param name="credential">User and password that replace its own; null keeps them.</param>
    /// <param name="forWriting">Whether only a primary will do, whatever read preference the connection string names.</param>
    /// <param name="reporter">Told of retries.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="selectionTimeout">How long a server is looked for where the connection string does not say; null takes 15 s.</param>
    public static async Task<MongoConnection> OpenAsync(
        string uri,
        NetworkCredential? credential,
        bool forWriting,
        IEngineReporter reporter,
        TimeProvider time,
        CancellationToken cancellationToken,
        TimeSpan? selectionTimeout = null)
    {
        MongoUrl url;
        MongoClientSettings settings;
        try
        {
            url = await new MongoUrl(uri).ResolveAsync(resolveHosts: true, cancellationToken).ConfigureAwait(false);
            settings = MongoClientSettings.FromUrl(url);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new ConfigurationInvalidException(
                "MONGODB_URI",
                $"the connection string {SecretRedactor.Redact(uri)} cannot be used: {SecretRedactor.Redact(exception.Message)}",
                "Write it as mongodb://host:port/database or mongodb+srv://host/database; characters such as @ : / in a password are written %40 %3A %2F.",
                exception);
        }

        settings.ApplicationName = "Traf3li.Backup";
        if (!uri.Contains("serverSelectionTimeout", StringComparison.OrdinalIgnoreCase))
        {
            settings.ServerSelectionTimeout = selectionTimeout ?? DefaultSelectionTimeout;
        }

        if (forWriting)
        {
            settings.ReadPreference = ReadPreference.Primary;
        }

        if (credential is not null)
        {
            settings.Credential = MongoCredential.CreateCredential(
                settings.Credential?.Source ?? url.AuthenticationSource ?? "admin", credential.UserName, credential.SecurePassword);
        }

        var database = url.DatabaseName is null or "admin" ? null : url.DatabaseName;
        var retries = new RetryPolicy(new RetryOptions(), MongoErrors.IsTransient, MongoErrors.Describe, reporter, time);
        return await OpenAsync(settings, database, retries, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The same deployment through one connection to one node. Everything that must agree in time (data and oplog) has to be read from one
    /// node, since another member of a set may lag behind, and a cursor lives on the node that opened it.
    /// </summary>
    public async Task<MongoConnection> PinAsync(CancellationToken cancellationToken)
    {
        var settings = _settings.Clone();

        // Whoever asks for a direct connection may know the node under a name that the set itself does not use.
        if (!settings.DirectConnection && FindNode() is { } node)
        {
            settings.Servers = [node];
            settings.DirectConnection = true;
            settings.ReplicaSetName = null;
            settings.ReadPreference = ReadPreference.PrimaryPreferred;
        }

        return await OpenAsync(settings, DefaultDatabase, Retries, cancellationToken).ConfigureAwait(false);
    }

    private MongoServerAddress? FindNode() => Topology switch
    {
        ServerTopology.ReplicaSet => Self is null ? null : MongoServerAddress.Parse(Self),
        ServerTopology.Sharded => Client.Cluster.Description.Servers.FirstOrDefault(server => server.State == ServerState.Connected)?.EndPoint switch
        {
            DnsEndPoint name => new MongoServerAddress(name.Host, name.Port),
            IPEndPoint address => new MongoServerAddress(address.Address.ToString(), address.Port),
            _ => null,
        },
        _ => null,
    };

    /// <summary>What the manifest records of this server.</summary>
    public async Task<ServerFacts> GetFactsAsync(IReadOnlySet<string>? databases, CancellationToken cancellationToken) =>
        new()
        {
            Host = Host,
            Version = VersionText,
            FeatureCompatibilityVersion = await ReadFeatureCompatibilityVersionAsync(cancellationToken).ConfigureAwait(false),
            Topology = Topology.ToString(),
            ReplicaSet = ReplicaSet,
            StorageSize = await ReadStorageSizeAsync(databases, cancellationToken).ConfigureAwait(false),
        };

    /// <summary>Runs a command on a database; its errors come out as <see cref="BackupException" />.</summary>
    /// <param name="database">The database.</param>
    /// <param name="command">
    /// The command; it goes to the kind of node that the connection was opened for. After a lost connection it is sent again, so it must bear
    /// being done twice.
    /// </param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<BsonDocument> RunAsync(string database, BsonDocument command, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await Retries.RunAsync(
                $"{command.GetElement(0).Name} on {database}",
                token => Client.GetDatabase(database).RunCommandAsync<BsonDocument>(command, _settings.ReadPreference, token),
                cancellationToken).ConfigureAwait(false);
            return reply.TryGetValue("writeConcernError", out var error)
                ? throw new ServerFailedException(command.GetElement(0).Name, database, error["errmsg"].AsString)
                : reply;
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, Host, command.GetElement(0).Name, database, SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    public void Dispose() => Client.Dispose();

    private static async Task<MongoConnection> OpenAsync(MongoClientSettings settings, string? database, RetryPolicy retries, CancellationToken cancellationToken)
    {
        var client = new MongoClient(settings);
        var hosts = string.Join(",", settings.Servers.Select(server => $"{server.Host}:{server.Port}"));
        try
        {
            var admin = client.GetDatabase("admin");
            var hello = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), settings.ReadPreference, cancellationToken).ConfigureAwait(false);
            var buildInfo = await admin.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), settings.ReadPreference, cancellationToken).ConfigureAwait(false);
            var connection = new MongoConnection(client, settings, database, retries, hello, buildInfo);
            return connection.WireVersion >= OldestWireVersion
                ? connection
                : throw new ServerUnsupportedException(hosts, $"it runs MongoDB {connection.VersionText}, and 4.4 is the oldest version that is supported.");
        }
        catch (Exception exception)
        {
            client.Dispose();
            if (MongoErrors.Translate(exception, hosts, "hello", "admin", settings.SocketTimeout) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    private async Task<string?> ReadFeatureCompatibilityVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reply = await RunAsync("admin", new BsonDocument { { "getParameter", 1 }, { "featureCompatibilityVersion", 1 } }, cancellationToken)
                .ConfigureAwait(false);
            return reply["featureCompatibilityVersion"].AsBsonDocument.GetValue("version", BsonNull.Value) is BsonString version ? version.Value : null;
        }
        catch (BackupException)
        {
            // Neither a mongos nor a user with few rights answers this; the backup does not depend on it.
            return null;
        }
    }

    private async Task<long?> ReadStorageSizeAsync(IReadOnlySet<string>? databases, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await RunAsync("admin", new BsonDocument("listDatabases", 1), cancellationToken).ConfigureAwait(false);
            return reply["databases"].AsBsonArray.OfType<BsonDocument>()
                .Where(database => databases is null || databases.Contains(database["name"].AsString))
                .Sum(database => database["sizeOnDisk"].ToInt64());
        }
        catch (BackupException)
        {
            return null;
        }
    }
}
