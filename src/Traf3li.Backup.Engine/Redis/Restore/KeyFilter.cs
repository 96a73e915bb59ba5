namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Whether a key is wanted.</summary>
internal delegate bool KeyFilter(int database, ReadOnlySpan<byte> key);
