namespace Traf3li.Backup.Engine.Archive;

/// <summary>One file of documents in a dump folder.</summary>
/// <param name="Database">The database; empty for the oplog.</param>
/// <param name="Collection">The collection, <c>system.buckets.NAME</c> for a time series.</param>
/// <param name="Path">The file.</param>
internal sealed record DumpFile(string Database, string Collection, string Path);
