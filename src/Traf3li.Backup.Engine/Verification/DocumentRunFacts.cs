using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>What was found in documents that stand one behind the other.</summary>
/// <param name="Hash">Their number, bytes and content hash.</param>
/// <param name="Crc">Their CRC-64/XZ.</param>
/// <param name="IsStoredAsIs">Whether each begins with <c>_id</c>, so that a server stores it as it is.</param>
/// <param name="HasDamage">Whether one is no valid document.</param>
/// <param name="Oplog">What they say as oplog entries; null for other documents.</param>
internal readonly record struct DocumentRunFacts(ContentHash Hash, ulong Crc, bool IsStoredAsIs, bool HasDamage, OplogFacts? Oplog);
