namespace Traf3li.Backup;

/// <summary>One database of a Redis server.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Count">How many keys it has.</param>
/// <param name="Expiring">How many of them expire.</param>
public sealed record RedisDatabaseManifest(int Index, long Count, long Expiring);
