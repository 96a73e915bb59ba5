using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>A key of the backup was dealt with.</summary>
/// <param name="reader">The reader, which is still at the key; its value was taken.</param>
/// <param name="expired">It had expired by the server's clock and was not sent: to the target it is as if the backup lacked it.</param>
internal delegate void KeyDone(RdbReader reader, bool expired);
