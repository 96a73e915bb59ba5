using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>One namespace to be dumped.</summary>
internal sealed record DumpItem
{
    /// <summary>What the server says of it.</summary>
    public required CollectionDescription Description { get; init; }

    /// <summary>The collection's name in the archive's prelude.</summary>
    public required string ArchiveCollection { get; init; }

    /// <summary>The collection's name in the archive's segment headers: <c>system.buckets.NAME</c> for a time series of a server before 8.3.</summary>
    public required string SegmentCollection { get; init; }

    /// <summary>The database that the documents are read from.</summary>
    public required string ReadDatabase { get; init; }

    /// <summary>The find command that reads it; null for a view, which has no documents of its own.</summary>
    public required BsonDocument? Find { get; init; }

    /// <summary>Whether it is read as the server stores it, from the first record to the last.</summary>
    public bool IsReadInNaturalOrder => Find is not null && Find.Contains("hint");

    /// <summary>The UUID of the collection that is read; null when unknown.</summary>
    public string? StorageUuid => Description.StorageUuid;

    /// <summary>The metadata of the prelude.</summary>
    public required string MetadataJson { get; init; }

    /// <summary>The type of the prelude: that of listCollections, or empty for users and roles of one database.</summary>
    public required string ArchiveType { get; init; }

    /// <summary>Whether it is a capped collection, which cannot be read at a snapshot.</summary>
    public bool IsCapped { get; init; }

    /// <summary>Documents by the server's estimate; null when unknown.</summary>
    public long? EstimatedCount { get; init; }

    /// <summary>Bytes by the server's estimate; null when unknown.</summary>
    public long? EstimatedSize { get; init; }
}
