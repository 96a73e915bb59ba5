using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Builds the indexes of a restored collection, all of one collection in one command, so that its data is read once.</summary>
/// <param name="connection">The target.</param>
/// <param name="commitQuorum">The members that have to be ready before a build commits; null leaves it to the server.</param>
internal sealed class IndexBuilder(MongoConnection connection, BsonValue? commitQuorum)
{
    private const int InvalidIndexSpecificationOption = 197;

    private static readonly BsonDocument SimpleCollation = new("locale", "simple");

    /// <summary>The specifications that have to be built: without the one of _id and the clustered one, which come with the collection.</summary>
    /// <exception cref="ServerUnsupportedException">There is a geoHaystack index, which no server from 5.0 on has.</exception>
    public static List<BsonDocument> Prepare(string name, IReadOnlyList<BsonDocument> indexes, BsonDocument options, string host)
    {
        var prepared = new List<BsonDocument>();
        foreach (var index in indexes)
        {
            if (IsIdIndex(index) || index.GetValue("clustered", false).ToBoolean())
            {
                continue;
            }

            if (index["key"].AsBsonDocument.Any(field => field.Value == "geoHaystack"))
            {
                throw new ServerUnsupportedException(host, $"{name} has the geoHaystack index {index["name"]}, which servers from 5.0 on do not have; leave it out with -NoIndex.");
            }

            prepared.Add(Prepare(index, options));
        }

        return prepared;
    }

    /// <summary>Whether a specification is that of the index that every collection has.</summary>
    public static bool IsIdIndex(BsonDocument index) =>
        index.GetValue("name", "") == "_id_" || (index["key"].AsBsonDocument is { ElementCount: 1 } key && key.GetElement(0) is { Name: "_id" } only && only.Value != "hashed" && only.Value.IsNumeric && !index.Contains("clustered"));

    /// <summary>Builds them; returns when a majority has them. Where the server refuses one, the others are built and the refusals are returned.</summary>
    public async Task<IReadOnlyList<string>> BuildAsync(
        string database, string collection, string displayName, IReadOnlyList<BsonDocument> indexes, CancellationToken cancellationToken)
    {
        if (indexes.Count == 0)
        {
            return [];
        }

        try
        {
            await BuildTogetherAsync(database, collection, indexes, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (ServerFailedException exception) when (exception.InnerException is MongoCommandException)
        {
            return indexes.Count == 1
                ? [$"the index {indexes[0]["name"]} of {database}.{displayName}: {exception.Reason}"]
                : await BuildOneByOneAsync(database, collection, displayName, indexes, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> BuildOneByOneAsync(
        string database, string collection, string displayName, IReadOnlyList<BsonDocument> indexes, CancellationToken cancellationToken)
    {
        var refused = new List<string>();
        foreach (var index in indexes)
        {
            refused.AddRange(await BuildAsync(database, collection, displayName, [index], cancellationToken).ConfigureAwait(false));
        }

        return refused;
    }

    private async Task BuildTogetherAsync(string database, string collection, IReadOnlyList<BsonDocument> indexes, CancellationToken cancellationToken)
    {
        var command = new BsonDocument
        {
            { "createIndexes", collection },
            { "indexes", new BsonArray(indexes) },
            { "writeConcern", new BsonDocument("w", "majority") },
        };
        // A standalone has no members, and refuses the option.
        if (commitQuorum is not null && connection.Topology != ServerTopology.Standalone)
        {
            command["commitQuorum"] = commitQuorum;
        }

        try
        {
            await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
        }
        catch (ServerFailedException exception) when (exception.InnerException is MongoCommandException { Code: InvalidIndexSpecificationOption })
        {
            // Specifications of servers before 3.4 may hold anything; the server itself knows what to leave out.
            command["ignoreUnknownIndexOptions"] = true;
            await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
        }
    }

    private static BsonDocument Prepare(BsonDocument index, BsonDocument options)
    {
        var prepared = BsonReading.Clone(index);
        prepared.Remove("ns");
        prepared.Remove("background");
        if (prepared.GetValue("v", 2).ToInt32() < 1)
        {
            prepared.Remove("v");
        }

        // An index without a collation has the simple one; without saying so it would take the collection's.
        if (options.Contains("collation") && !prepared.Contains("collation"))
        {
            prepared["collation"] = SimpleCollation;
        }

        return prepared;
    }
}
