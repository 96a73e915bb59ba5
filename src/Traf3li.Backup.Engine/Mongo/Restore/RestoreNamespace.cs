using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>One namespace of a backup, as far as a restore needs to know it.</summary>
internal sealed record RestoreNamespace
{
    public required string Database { get; init; }

    /// <summary>The name without the database.</summary>
    public required string Collection { get; init; }

    /// <summary><c>collection</c>, <c>view</c> or <c>timeseries</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The options of listCollections.</summary>
    public required BsonDocument Options { get; init; }

    /// <summary>The specifications of listIndexes, that of _id included.</summary>
    public required IReadOnlyList<BsonDocument> Indexes { get; init; }

    /// <summary>What the manifest recorded; null for an archive without one.</summary>
    public NamespaceManifest? Recorded { get; init; }

    public bool IsView => Type == "view";

    public bool IsTimeSeries => Type == "timeseries";

    /// <summary>Whether it is a part of the server's users and roles, of the whole server or of one database.</summary>
    public bool IsUsersAndRoles => CollectionCatalog.IsUsersAndRoles(Database, Collection);

    /// <summary>database.collection</summary>
    public string FullName => $"{Database}.{Collection}";

    /// <summary>The namespaces of a prelude; where there is a manifest, options and indexes are the server's own bytes instead of their text.</summary>
    public static IReadOnlyList<RestoreNamespace> ReadAll(ArchivePrelude prelude, BackupManifest? manifest, string archive)
    {
        var recorded = manifest?.Namespace.ToDictionary(item => (item.Database, item.Collection));
        return prelude.Namespaces
            .Where(item => !ArchiveFormat.IsOplog(item.Database, item.Collection))
            .Select(item => Create(item, recorded?.GetValueOrDefault((item.Database, item.Collection)), archive))
            .ToArray();
    }

    private static RestoreNamespace Create(ArchiveNamespace item, NamespaceManifest? recorded, string archive)
    {
        // Where the manifest has the server's own bytes nobody needs their text, which is for other tools: of a value such as {$oid: "none"}, which a
        // server takes in a view, it is no Extended JSON.
        var metadata = recorded?.OptionsBson is null ? ArchiveMetadata.Parse(item, archive) : null;
        var options = metadata?.Options ?? Decode(recorded!.OptionsBson!, archive);
        var type = item.Type is "view" or "timeseries" ? item.Type
            : options.Contains("viewOn") ? "view"
            : options.Contains("timeseries") ? "timeseries"
            : "collection";
        return new RestoreNamespace
        {
            Database = item.Database,
            Collection = item.Collection,
            Type = type,
            Options = options,
            Indexes = recorded is null ? metadata!.Indexes : [.. recorded.IndexBson.Select(index => Decode(index, archive))],
            Recorded = recorded,
        };
    }

    private static BsonDocument Decode(string base64, string archive)
    {
        try
        {
            var bytes = Convert.FromBase64String(base64);
            return RawBson.TryValidate(bytes, out var error)
                ? BsonReading.ToDocument(bytes)
                : throw new FormatException(error);
        }
        catch (Exception exception) when (exception is FormatException or BsonException or EndOfStreamException or InvalidOperationException)
        {
            throw new ManifestCorruptException(archive, $"options or indexes in it are no BSON: {exception.Message}", exception);
        }
    }
}
