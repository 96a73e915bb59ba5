namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Constants of mongodump's archive format. Source: mongodb/mongo-tools, common/archive/archive.go and parser.go (100.18.0).
/// </summary>
/// <remarks>
/// An archive is: the magic; the prelude (one header document, one document a namespace, the terminator); segments (a namespace header,
/// documents, the terminator); and for every namespace one namespace header with EOF true, its CRC and the terminator.
/// </remarks>
internal static class ArchiveFormat
{
    /// <summary>The first four bytes, little-endian: 6d e2 99 81.</summary>
    public const uint Magic = 0x8199e26d;

    /// <summary>Ends the prelude and every segment: ff ff ff ff, which is no document's length.</summary>
    public const uint Terminator = 0xffffffff;

    /// <summary>The size of the magic and of a terminator, bytes.</summary>
    public const int MarkSize = 4;

    /// <summary>The version of the format that mongodump writes and mongorestore reads.</summary>
    public const string Version = "0.1";

    /// <summary>The largest document that mongorestore's archive reader takes: 16 MiB (parser.go).</summary>
    public const int MaxDocumentSize = 16 << 20;

    /// <summary>
    /// The largest that we read: what a server may hold inside itself, 16 MiB and 16 KiB (BSONObjMaxInternalSize), as oplog entries may
    /// be larger than a user's document.
    /// </summary>
    public const int MaxReadSize = MaxDocumentSize + (16 << 10);

    /// <summary>The most bytes of a prelude that we read. A namespace takes about 500, so this is room for more than 100,000.</summary>
    public const int MaxPreludeSize = 64 << 20;

    /// <summary>The database name of the oplog in an archive.</summary>
    public const string OplogDatabase = "";

    /// <summary>The collection name of the oplog in an archive.</summary>
    public const string OplogCollection = "oplog";

    /// <summary>What stands before a time series' name in the name of the collection that holds its data, on servers before 8.3.</summary>
    public const string BucketPrefix = "system.buckets.";

    /// <summary>The type of a collection in the prelude.</summary>
    public const string CollectionType = "collection";

    /// <summary>The type of a view in the prelude.</summary>
    public const string ViewType = "view";

    /// <summary>The type of a time series in the prelude.</summary>
    public const string TimeSeriesType = "timeseries";

    /// <summary>Whether these are the names that the oplog has in an archive.</summary>
    public static bool IsOplog(string database, string collection) => database.Length == 0 && string.Equals(collection, OplogCollection, StringComparison.Ordinal);
}
