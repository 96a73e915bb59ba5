using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>Lists what a server holds.</summary>
internal sealed class CollectionCatalog(MongoConnection connection)
{
    /// <summary>Staging collections and journals of restores begin so; they are no one's data.</summary>
    public const string RestorePrefix = "traf3li.restore.";

    /// <summary>How the collections begin in which servers before 8.3 keep the documents of time series.</summary>
    public const string BucketPrefix = "system.buckets.";

    // From 8.3 the server keeps a time series under its own name; before, under system.buckets.NAME (mongo-tools common/dumprestore).
    private static readonly Version PlainTimeSeriesVersion = new(8, 3);

    /// <summary>Where a server keeps its users and roles, and the version of their layout, in <c>admin</c>.</summary>
    public static readonly IReadOnlyList<string> UserCollections = ["system.users", "system.roles", "system.version"];

    /// <summary>The databases that this user may see, in ordinal order, without the server's own (<c>local</c>, <c>config</c>).</summary>
    public async Task<IReadOnlyList<string>> ListDatabasesAsync(CancellationToken cancellationToken)
    {
        var command = new BsonDocument { { "listDatabases", 1 }, { "nameOnly", true }, { "authorizedDatabases", true } };
        var reply = await connection.RunAsync("admin", command, cancellationToken).ConfigureAwait(false);
        return reply["databases"].AsBsonArray
            .Select(database => database["name"].AsString)
            .Where(name => name is not ("local" or "config"))
            .Order(StringComparer.Ordinal)
            .ToArray();
    }

    /// <summary>Everything in a database in ordinal order of names, without the server's own collections. Indexes are not read.</summary>
    /// <param name="database">The database.</param>
    /// <param name="withUsersAndRoles">Whether admin's <see cref="UserCollections" /> are listed too.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public async Task<IReadOnlyList<CollectionDescription>> ListAsync(string database, bool withUsersAndRoles, CancellationToken cancellationToken)
    {
        var all = await ListAsync(database, new BsonDocument("listCollections", 1), cancellationToken).ConfigureAwait(false);
        var buckets = all.Where(item => item.Name.StartsWith(BucketPrefix, StringComparison.Ordinal))
            .ToDictionary(item => LogicalName(item.Name), item => item.Uuid, StringComparer.Ordinal);
        return all
            .Where(item => IsUserData(database, item.Name) || (withUsersAndRoles && database == "admin" && UserCollections.Contains(item.Name, StringComparer.Ordinal)))
            .Select(item => item with { StorageUuid = item.Uuid ?? (item.IsTimeSeries ? buckets.GetValueOrDefault(item.Name) : null) })
            .OrderBy(item => item.Name, StringComparer.Ordinal)
            .ToArray();
    }

    /// <summary>The names in a database that begin so, whatever they are.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(string database, string prefix, CancellationToken cancellationToken)
    {
        var all = await ListAsync(database, new BsonDocument { { "listCollections", 1 }, { "nameOnly", true } }, cancellationToken).ConfigureAwait(false);
        return all.Select(item => item.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
    }

    /// <summary>One collection, view or time series by its name, those of the server's own included; null when there is none. Indexes are not read.</summary>
    public async Task<CollectionDescription?> FindAsync(string database, string name, CancellationToken cancellationToken)
    {
        var command = new BsonDocument { { "listCollections", 1 }, { "filter", new BsonDocument("name", name) } };
        return await ListAsync(database, command, cancellationToken).ConfigureAwait(false) is [var found, ..] ? found : null;
    }

    /// <summary>
    /// The same description with its indexes; null when the collection has gone meanwhile. Views have no indexes. An index that is still being
    /// built is told apart: it may yet fail, as a unique one does where values repeat.
    /// </summary>
    public async Task<CollectionDescription?> WithIndexesAsync(CollectionDescription description, CancellationToken cancellationToken)
    {
        if (description.IsView)
        {
            return description;
        }

        try
        {
            var indexes = await ListIndexesAsync(description, cancellationToken).ConfigureAwait(false);
            return description with { Indexes = [.. indexes.Where(index => UnfinishedName(index) is null)], UnfinishedIndexes = [.. indexes.Select(UnfinishedName).OfType<string>()] };
        }
        catch (MongoCommandException exception) when (exception.Code == MongoErrors.NamespaceNotFound)
        {
            return null;
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "listIndexes", description.FullName, connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Whether a namespace of an archive is a part of users and roles, of the whole server or (<c>$admin.system.…</c>) of one database.</summary>
    public static bool IsUsersAndRoles(string database, string collection) =>
        collection.StartsWith("$admin.system.", StringComparison.Ordinal)
        || (database == "admin" && UserCollections.Contains(collection, StringComparer.Ordinal));

    /// <summary>Whether $out is filling it; in the end it is renamed or dropped.</summary>
    public static bool IsTemporary(string collection) => collection.StartsWith(CaptureStart.TemporaryPrefix, StringComparison.Ordinal);

    /// <summary>
    /// The collection in which a server of this version keeps the buckets of a time series. Where it is the series itself, reading and writing
    /// them takes <c>rawData: true</c>.
    /// </summary>
    public static string StorageName(string timeSeries, Version server) => server >= PlainTimeSeriesVersion ? timeSeries : BucketPrefix + timeSeries;

    /// <summary>The name that users know: the buckets of a time series stand for it.</summary>
    public static string LogicalName(string collection) =>
        collection.StartsWith(BucketPrefix, StringComparison.Ordinal) ? collection[BucketPrefix.Length..] : collection;

    /// <summary>
    /// Whether a collection holds what a user put there. Of the server's own names only stored functions (<c>system.js</c>) do; views and
    /// time series have their own entries; users and roles are read apart.
    /// </summary>
    public static bool IsUserData(string database, string collection) =>
        !collection.StartsWith(RestorePrefix, StringComparison.Ordinal)
        && (collection == "system.js" || !collection.StartsWith("system.", StringComparison.Ordinal))
        && !(database == "admin" && collection is "tempusers" or "temproles");

    private async Task<IReadOnlyList<byte[]>> ListIndexesAsync(CollectionDescription description, CancellationToken cancellationToken)
    {
        var command = new BsonDocument("listIndexes", description.Name);
        try
        {
            var withBuilds = new BsonDocument(command) { { "includeBuildUUIDs", true } };
            return await ReadListAsync(description.Database, withBuilds, cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException exception) when (MongoErrors.RefusesField(exception))
        {
            return await ReadListAsync(description.Database, command, cancellationToken).ConfigureAwait(false);
        }
    }

    // { spec, buildUUID } stands in the place of the specification while the index is being built (mongo/src/mongo/db/list_indexes.idl).
    private static string? UnfinishedName(byte[] index) =>
        RawBson.TryFind(index, "buildUUID"u8, out _) && RawBson.TryFind(index, "spec"u8, out var specification) && specification.Type == Archive.BsonType.Document
            ? RawBson.TryFind(specification.Value, "name"u8, out var name) ? name.AsString() ?? "" : ""
            : null;

    private async Task<IReadOnlyList<CollectionDescription>> ListAsync(string database, BsonDocument command, CancellationToken cancellationToken)
    {
        try
        {
            var documents = await ReadListAsync(database, command, cancellationToken).ConfigureAwait(false);
            return documents.Select(bytes => Describe(database, bytes)).ToArray();
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "listCollections", database, connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    private Task<IReadOnlyList<byte[]>> ReadListAsync(string database, BsonDocument command, CancellationToken cancellationToken) =>
        connection.Retries.RunAsync(
            $"{command.GetElement(0).Name} on {database}",
            token => RawCommand.ReadListAsync(connection.Client, database, (BsonDocument)command.DeepClone(), token),
            cancellationToken);

    private static CollectionDescription Describe(string database, byte[] bytes)
    {
        using var document = RawCommand.ToDocument(bytes);
        return new CollectionDescription
        {
            Database = database,
            Name = document["name"].AsString,
            Type = document.GetValue("type", "collection").AsString,
            Options = document.TryGetValue("options", out var options) ? RawCommand.ToBytes((RawBsonDocument)options) : [5, 0, 0, 0, 0],
            Uuid = document.TryGetValue("info", out var info) && info.AsBsonDocument.TryGetValue("uuid", out var uuid)
                ? Convert.ToHexString(uuid.AsBsonBinaryData.Bytes).ToLowerInvariant()
                : null,
        };
    }
}
