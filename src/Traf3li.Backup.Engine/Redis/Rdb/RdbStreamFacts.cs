namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What a stream says of itself, behind its entries.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="LastId">The newest id it ever had.</param>
/// <param name="MaximalDeletedId">The newest id that was deleted; null before Redis 7.0.</param>
/// <param name="EntriesAdded">How many entries it ever had; null before Redis 7.0.</param>
internal readonly record struct RdbStreamFacts(long Entries, RdbStreamId LastId, RdbStreamId? MaximalDeletedId, long? EntriesAdded);
