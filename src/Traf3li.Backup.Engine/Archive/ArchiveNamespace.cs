namespace Traf3li.Backup.Engine.Archive;

/// <summary>One namespace of an archive's prelude.</summary>
/// <param name="Database">The database; empty for the oplog.</param>
/// <param name="Collection">The collection, view or time series.</param>
/// <param name="MetadataJson">Extended JSON of options, indexes, uuid, collectionName and type; empty for the oplog and a database's users and roles.</param>
/// <param name="Type"><c>collection</c>, <c>view</c>, <c>timeseries</c>, or empty (oplog, users and roles of a database, tools before 4.4).</param>
/// <param name="Size">Bytes of data as the writer guessed; mongodump writes 0.</param>
internal sealed record ArchiveNamespace(string Database, string Collection, string MetadataJson, string Type, int Size)
{
    /// <summary>Whether it is the captured oplog.</summary>
    public bool IsOplog => ArchiveFormat.IsOplog(Database, Collection);

    /// <inheritdoc />
    public override string ToString() => $"{Database}.{Collection}";
}
