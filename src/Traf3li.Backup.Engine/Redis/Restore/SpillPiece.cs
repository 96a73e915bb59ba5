namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Called with a piece of what a <see cref="SpillStream" /> holds.</summary>
internal delegate void SpillPiece(scoped ReadOnlySpan<byte> bytes);
