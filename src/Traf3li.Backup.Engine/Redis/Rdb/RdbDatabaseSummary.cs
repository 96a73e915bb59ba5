namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What one database holds.</summary>
internal sealed class RdbDatabaseSummary
{
    private readonly RdbTypeFacts[] _types = new RdbTypeFacts[Enum.GetValues<RdbDataType>().Length];

    /// <summary>Its number.</summary>
    public required int Database { get; init; }

    /// <summary>How many keys it has.</summary>
    public long Keys { get; private set; }

    /// <summary>How many of them expire.</summary>
    public long Expiring { get; private set; }

    /// <summary>What its keys hold, whatever their order and encoding; null where it was not asked for.</summary>
    public RdbDigest? Digest { get; private set; }

    /// <summary>The types that it has keys of.</summary>
    public IReadOnlyDictionary<RdbDataType, RdbTypeFacts> Types =>
        Enum.GetValues<RdbDataType>().Where(type => _types[(int)type].Keys > 0).ToDictionary(type => type, type => _types[(int)type]);

    /// <summary>Counts a key.</summary>
    public void Add(RdbDataType type, RdbValueFacts value, bool expires)
    {
        Keys++;
        Expiring += expires ? 1 : 0;
        _types[(int)type] = _types[(int)type].Add(value);
    }

    /// <summary>Adds the hash of a key.</summary>
    public void Add(UInt128 hash) => Digest = (Digest ?? default).Add(hash);
}
