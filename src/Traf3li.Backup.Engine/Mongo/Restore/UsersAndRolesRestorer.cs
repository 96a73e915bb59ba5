using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Merges users and roles of a backup into the target's, through temporary collections and <c>_mergeAuthzCollections</c> as mongorestore does
/// (mongo-tools mongorestore/metadata.go). Users and roles that the backup lacks stay, and so does the one who restores, as it is: a
/// restore never locks anyone out.
/// </summary>
internal sealed class UsersAndRolesRestorer(MongoConnection connection)
{
    private const string TemporaryUsers = "tempusers";
    private const string TemporaryRoles = "temproles";

    private readonly List<BsonDocument> _users = [];
    private readonly List<BsonDocument> _roles = [];
    private string? _database;

    /// <summary>Users and roles taken.</summary>
    public int Count => _users.Count + _roles.Count;

    /// <summary>Takes documents of one of the backup's namespaces of users and roles. They are few and small.</summary>
    public void Add(string database, string collection, ReadOnlySpan<byte> documents)
    {
        var list = collection.EndsWith("system.users", StringComparison.Ordinal) ? _users
            : collection.EndsWith("system.roles", StringComparison.Ordinal) ? _roles
            : null;
        _database = collection.StartsWith('$') ? database : _database;
        while (list is not null && documents.Length > 0)
        {
            var length = BitConverter.ToInt32(documents);
            list.Add(BsonReading.ToDocument(documents[..length]));
            documents = documents[length..];
        }
    }

    /// <summary>Merges what was taken.</summary>
    public async Task MergeAsync(CancellationToken cancellationToken)
    {
        if (Count == 0)
        {
            return;
        }

        var self = await ReadOwnNamesAsync(cancellationToken).ConfigureAwait(false);
        var users = _users.Where(user => !self.Contains((user["db"].AsString, user["user"].AsString))).ToArray();
        try
        {
            await FillAsync(TemporaryUsers, users, cancellationToken).ConfigureAwait(false);
            await FillAsync(TemporaryRoles, _roles, cancellationToken).ConfigureAwait(false);
            var command = new BsonDocument { { "_mergeAuthzCollections", 1 }, { "db", _database ?? "" }, { "drop", false }, { "writeConcern", new BsonDocument("w", "majority") } };
            if (users.Length > 0)
            {
                command.InsertAt(1, new BsonElement("tempUsersCollection", "admin." + TemporaryUsers));
            }

            if (_roles.Count > 0)
            {
                command.InsertAt(1, new BsonElement("tempRolesCollection", "admin." + TemporaryRoles));
            }

            if (users.Length + _roles.Count > 0)
            {
                await connection.RunAsync("admin", command, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // They hold password hashes; not even a cancelled restore leaves them.
            await CollectionCreator.DropAsync(connection, "admin", TemporaryUsers, CancellationToken.None).ConfigureAwait(false);
            await CollectionCreator.DropAsync(connection, "admin", TemporaryRoles, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task FillAsync(string collection, IReadOnlyList<BsonDocument> documents, CancellationToken cancellationToken)
    {
        await CollectionCreator.DropAsync(connection, "admin", collection, cancellationToken).ConfigureAwait(false);
        try
        {
            if (documents.Count > 0)
            {
                await connection.Client.GetDatabase("admin").GetCollection<BsonDocument>(collection)
                    .InsertManyAsync(documents, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (MongoErrors.Translate(exception, connection.Host, "insert", $"admin.{collection}", connection.SocketTimeout) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<HashSet<(string Database, string User)>> ReadOwnNamesAsync(CancellationToken cancellationToken)
    {
        var status = await connection.RunAsync("admin", new BsonDocument("connectionStatus", 1), cancellationToken).ConfigureAwait(false);
        return status["authInfo"]["authenticatedUsers"].AsBsonArray.Select(user => (user["db"].AsString, user["user"].AsString)).ToHashSet();
    }
}
