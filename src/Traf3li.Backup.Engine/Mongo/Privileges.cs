using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo;

/// <summary>What the user of a connection may do, as the server says (MongoDB manual, "connectionStatus" and "Resource Document").</summary>
internal sealed class Privileges
{
    private readonly IReadOnlyList<BsonDocument> _privileges;

    /// <summary>Takes the documents of <c>authenticatedUserPrivileges</c>.</summary>
    public Privileges(IReadOnlyList<BsonDocument> privileges) => _privileges = privileges;

    /// <summary>Asks the server; null when nobody is logged in, as where no login is needed.</summary>
    public static async Task<Privileges?> ReadAsync(MongoConnection connection, CancellationToken cancellationToken)
    {
        var command = new BsonDocument { { "connectionStatus", 1 }, { "showPrivileges", true } };
        var status = (await connection.RunAsync("admin", command, cancellationToken).ConfigureAwait(false))["authInfo"];
        return status["authenticatedUsers"].AsBsonArray.Count == 0
            ? null
            : new Privileges([.. status["authenticatedUserPrivileges"].AsBsonArray.Select(item => item.AsBsonDocument)]);
    }

    /// <summary>Whether an action is allowed on a namespace.</summary>
    /// <param name="action">Such as <c>insert</c>.</param>
    /// <param name="database">The database; empty for all of them.</param>
    /// <param name="collection">The collection; empty for all that are no system collections.</param>
    public bool Allows(string action, string database, string collection) =>
        _privileges.Any(privilege => Covers(privilege["resource"].AsBsonDocument, database, collection) && privilege["actions"].AsBsonArray.Contains(action));

    private static bool Covers(BsonDocument resource, string database, string collection)
    {
        if (resource.GetValue("anyResource", false).ToBoolean())
        {
            return true;
        }

        // The server leaves the database out where a built-in role is granted the buckets of every time series.
        var ofDatabase = resource.GetValue("db", null) is BsonString name ? name.Value : null;
        if (ofDatabase is { Length: > 0 } && ofDatabase != database)
        {
            return false;
        }

        if (resource.GetValue("system_buckets", null) is BsonString series)
        {
            return collection.StartsWith(CollectionCatalog.BucketPrefix, StringComparison.Ordinal)
                && (series.Value.Length == 0 || CollectionCatalog.BucketPrefix + series.Value == collection);
        }

        return ofDatabase is not null
            && resource.GetValue("collection", null) is BsonString ofCollection
            && (ofCollection.Value.Length == 0 ? !collection.StartsWith("system.", StringComparison.Ordinal) : ofCollection.Value == collection);
    }
}
