namespace Traf3li.Backup;

/// <summary>The keys of one Redis database.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Count">How many keys it has.</param>
/// <param name="Expiring">How many of them expire.</param>
/// <param name="CountByType">Keys by type, as TYPE would answer it.</param>
/// <param name="SizeByType">Bytes of their values as stored, by type.</param>
public sealed record RedisDatabaseContents(
    int Index, long Count, long Expiring, IReadOnlyDictionary<string, long> CountByType, IReadOnlyDictionary<string, long> SizeByType);
