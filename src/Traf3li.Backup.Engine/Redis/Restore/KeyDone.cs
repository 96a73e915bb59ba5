namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>A key of the backup was dealt with.</summary>
/// <param name="database">The number of its database.</param>
/// <param name="key">The key; the span holds only during the call.</param>
/// <param name="expired">It had expired by the server's clock and was not sent: to the target it is as if the backup lacked it.</param>
internal delegate void KeyDone(int database, ReadOnlySpan<byte> key, bool expired);
