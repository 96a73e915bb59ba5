using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Creates collections and views from the options that listCollections gave, on this server or another version.</summary>
internal static class CollectionCreator
{
    // What listCollections shows and create does not take: temporary is what a running server knows, the rest are of servers long gone.
    private static readonly string[] NotCreatable = ["temp", "autoIndexId", "flags", "uuid"];

    /// <summary>The create command.</summary>
    public static BsonDocument Command(string name, BsonDocument options, Version server)
    {
        var command = new BsonDocument("create", name);
        foreach (var option in options.Where(option => !NotCreatable.Contains(option.Name, StringComparer.Ordinal)))
        {
            if (option.Name == "recordPreImages" && server.Major >= 6)
            {
                // 6.0 replaced the option (documented under collMod changeStreamPreAndPostImages).
                command["changeStreamPreAndPostImages"] = new BsonDocument("enabled", option.Value);
            }
            else if (option.Name == "timeseries" && server < TimeSeriesBuckets.CustomSizeVersion)
            {
                command["timeseries"] = TimeSeriesBuckets.ForOlderServers(option.Value.AsBsonDocument);
            }
            else
            {
                command.Add(option);
            }
        }

        return command.Add("writeConcern", new BsonDocument("w", "majority"));
    }

    /// <summary>Creates it.</summary>
    public static async Task CreateAsync(MongoConnection connection, string database, string name, BsonDocument options, CancellationToken cancellationToken)
    {
        try
        {
            await connection.RunAsync(database, Command(name, options, connection.Version), cancellationToken).ConfigureAwait(false);
        }
        catch (ServerFailedException exception) when (
            exception.InnerException is MongoDB.Driver.MongoCommandException { Code: MongoErrors.NamespaceExists }
            && name.StartsWith(CollectionCatalog.RestorePrefix, StringComparison.Ordinal))
        {
            // Staging names are used once: a first attempt, whose answer was lost, has made it.
        }
    }

    /// <summary>Drops it; succeeds when there is none.</summary>
    public static async Task DropAsync(MongoConnection connection, string database, string name, CancellationToken cancellationToken)
    {
        try
        {
            await connection.RunAsync(database, new BsonDocument { { "drop", name }, { "writeConcern", new BsonDocument("w", "majority") } }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ServerFailedException exception) when (exception.InnerException is MongoDB.Driver.MongoCommandException { Code: MongoErrors.NamespaceNotFound })
        {
            // Before 7.0 a drop of nothing is an error.
        }
    }
}
