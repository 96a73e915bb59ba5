namespace Traf3li.Backup.Benchmarks.Mongo;

/// <summary>Documents that stand one behind the other, and the length of each.</summary>
internal sealed record DocumentChunk(byte[] Bytes, IReadOnlyList<int> Lengths);
