namespace Traf3li.Backup.Engine.Archive;

/// <summary>One segment of a block in memory, or a namespace's end.</summary>
/// <param name="Database">The database; empty for the oplog.</param>
/// <param name="Collection">The collection as the segment names it.</param>
/// <param name="Documents">Whole documents, one behind the other; they belong to the block.</param>
/// <param name="Count">How many documents.</param>
/// <param name="IsEof">Whether the namespace ends here.</param>
/// <param name="Crc">At the end: the CRC that was written for the whole namespace. Else: the CRC of these documents, for <see cref="Crc64Xz.Combine" />.</param>
internal readonly record struct ArchiveSegment(string Database, string Collection, ReadOnlyMemory<byte> Documents, int Count, bool IsEof, ulong Crc);
