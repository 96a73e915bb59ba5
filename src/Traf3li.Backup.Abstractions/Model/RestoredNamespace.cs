namespace Traf3li.Backup;

/// <summary>One restored namespace.</summary>
/// <param name="Name">The target's database.collection.</param>
/// <param name="Type"><c>collection</c>, <c>view</c> or <c>timeseries</c>.</param>
/// <param name="Count">Documents inserted.</param>
/// <param name="Size">Their bytes.</param>
/// <param name="IndexCount">Indexes built, the one of _id included.</param>
/// <param name="RefusedCount">Documents that the server refused.</param>
/// <param name="Verified">Whether count and content hash were read back from the server and found equal.</param>
public sealed record RestoredNamespace(string Name, string Type, long Count, long Size, int IndexCount, long RefusedCount, bool Verified);
