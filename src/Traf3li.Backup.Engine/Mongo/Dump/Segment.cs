using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>One archive segment, ready to be compressed.</summary>
/// <param name="Buffer">All of its bytes; whoever takes the segment owns it.</param>
/// <param name="DocumentsOffset">Where the documents begin.</param>
/// <param name="DocumentsLength">How long they are, bytes.</param>
internal sealed record Segment(PooledBuffer Buffer, int DocumentsOffset, int DocumentsLength);
