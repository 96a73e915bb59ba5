using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>A value was sent in one piece.</summary>
/// <param name="reader">The reader, which is still at the key.</param>
/// <param name="value">The value; it holds only during the call.</param>
internal delegate void ValueSent(RdbReader reader, RdbRawValue value);
