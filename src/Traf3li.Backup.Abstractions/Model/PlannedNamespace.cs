namespace Traf3li.Backup;

/// <summary>A namespace in a plan.</summary>
/// <param name="Name">database.collection</param>
/// <param name="Type"><c>collection</c>, <c>view</c> or <c>timeseries</c>.</param>
/// <param name="EstimatedCount">Documents by the server's estimate, or as recorded in the backup; null when unknown.</param>
/// <param name="EstimatedSize">Bytes by the server's estimate, or as recorded in the backup; null when unknown.</param>
public sealed record PlannedNamespace(string Name, string Type, long? EstimatedCount, long? EstimatedSize);
