namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>A key that takes much room.</summary>
/// <param name="Database">The number of its database.</param>
/// <param name="Key">The key for the eyes: not printable bytes as \xNN, cut after 64.</param>
/// <param name="Type">Its type.</param>
/// <param name="Elements">Members, fields or entries; 1 for a string.</param>
/// <param name="Bytes">Bytes of its value as stored.</param>
internal sealed record RdbKeyFacts(int Database, string Key, RdbDataType Type, long Elements, long Bytes);
