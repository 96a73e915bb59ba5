namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What was seen of a value.</summary>
/// <param name="Elements">Members, fields or entries; 1 for a string; the items of a module.</param>
/// <param name="Bytes">Bytes of the value as it is stored, without the type's.</param>
internal readonly record struct RdbValueFacts(long Elements, long Bytes);
