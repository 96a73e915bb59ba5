namespace Traf3li.Backup;

/// <summary>One collection, view or time series of a backup.</summary>
public sealed class NamespaceManifest
{
    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The collection's name without the database. The documents of a time series stand under <c>system.buckets.NAME</c> in the archive.</summary>
    public required string Collection { get; init; }

    /// <summary><c>collection</c>, <c>view</c> or <c>timeseries</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The options of listCollections as BSON, Base64.</summary>
    public string? OptionsBson { get; init; }

    /// <summary>The index specifications of listIndexes as BSON, Base64 each, in the server's order.</summary>
    public IReadOnlyList<string> IndexBson { get; init => field = Indexable.Of(value); } = [];

    /// <summary>The archive's own metadata document: canonical Extended JSON v2 of options, indexes, uuid, collectionName and type.</summary>
    public string MetadataJson { get; init; } = "";

    /// <summary>Documents in the archive.</summary>
    public long Count { get; init; }

    /// <summary>Bytes of these documents.</summary>
    public long Size { get; init; }

    /// <summary>
    /// The sum, modulo 2^128, of the XxHash128 of each document's bytes: 32 hexadecimal digits. It does not depend on the order.
    /// </summary>
    public string ContentHash { get; init; } = "";

    /// <summary>CRC-64/XZ of all document bytes in the archive's order, 16 hexadecimal digits: the CRC of its EOF header.</summary>
    public string Crc { get; init; } = "";

    /// <summary>database.collection</summary>
    public override string ToString() => $"{Database}.{Collection}";
}
