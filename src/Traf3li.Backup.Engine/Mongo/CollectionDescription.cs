namespace Traf3li.Backup.Engine.Mongo;

/// <summary>A collection, view or time series as the server describes it, its options and indexes as the server's own bytes.</summary>
internal sealed record CollectionDescription
{
    public required string Database { get; init; }

    public required string Name { get; init; }

    /// <summary><c>collection</c>, <c>view</c> or <c>timeseries</c>, in listCollections' words.</summary>
    public required string Type { get; init; }

    /// <summary>The options document's bytes.</summary>
    public required byte[] Options { get; init; }

    /// <summary>The UUID as 32 hexadecimal digits; null for a view or a time series.</summary>
    public string? Uuid { get; init; }

    /// <summary>The UUID of the collection that holds the documents, as digits: its own, or that of a time series' buckets; null when unknown.</summary>
    public string? StorageUuid { get; init; }

    /// <summary>The bytes of each index specification, in the server's order.</summary>
    public IReadOnlyList<byte[]> Indexes { get; init; } = [];

    /// <summary>The names of indexes that are still being built.</summary>
    public IReadOnlyList<string> UnfinishedIndexes { get; init; } = [];

    public bool IsView => Type == "view";

    public bool IsTimeSeries => Type == "timeseries";

    /// <summary>database.name</summary>
    public string FullName => $"{Database}.{Name}";
}
