namespace Traf3li.Backup;

/// <summary>A key of a Redis backup.</summary>
/// <param name="Database">The number of its database.</param>
/// <param name="Key">The key; what is not printable stands as <c>\xNN</c>, and a long one is cut.</param>
/// <param name="Type">Its type, as TYPE would answer it.</param>
/// <param name="ElementCount">Members, fields or entries; 1 for a string.</param>
/// <param name="Size">Bytes of its value as stored.</param>
public sealed record RedisKeyInfo(int Database, string Key, string Type, long ElementCount, long Size);
