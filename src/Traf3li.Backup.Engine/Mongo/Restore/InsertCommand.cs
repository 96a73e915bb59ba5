using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Builds insert commands that leave documents as they are.</summary>
internal static class InsertCommand
{
    // The first server that can be told to leave Timestamp(0, 0) at the top level alone (MongoDB manual, insert, bypassEmptyTsReplacement).
    private const int EmptyTimestampsMajor = 8;

    /// <summary>Whether the server takes <c>bypassEmptyTsReplacement</c>; others replace such timestamps by their own time.</summary>
    public static bool KeepsEmptyTimestamps(Version server) => server.Major >= EmptyTimestampsMajor;

    /// <summary>The command.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="documents">The array of documents.</param>
    /// <param name="ordered">Whether their order must be kept.</param>
    /// <param name="rawData">Whether they are the buckets of a time series, written under its own name (8.3 and newer).</param>
    /// <param name="server">The server's version.</param>
    public static BsonDocument Create(string collection, BsonValue documents, bool ordered, bool rawData, Version server)
    {
        var command = new BsonDocument { { "insert", collection }, { "ordered", ordered }, { "bypassDocumentValidation", true }, { "writeConcern", new BsonDocument("w", 1) } };
        if (KeepsEmptyTimestamps(server))
        {
            command["bypassEmptyTsReplacement"] = true;
        }

        if (rawData)
        {
            command["rawData"] = true;
        }

        return command.Add("documents", documents);
    }
}
