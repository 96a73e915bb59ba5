namespace Traf3li.Backup.Engine.Compression;

/// <summary>One compressed block on its way into the store. Its bytes are valid only while the sink runs.</summary>
/// <param name="Block">Where it stands and how long it is, as the manifest records it.</param>
/// <param name="Stored">The bytes to store.</param>
internal readonly record struct CompressedBlock(BlockManifest Block, ReadOnlyMemory<byte> Stored);
