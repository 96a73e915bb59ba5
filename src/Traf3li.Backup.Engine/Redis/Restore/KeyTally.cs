using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Counts keys and keeps one as a sample.</summary>
internal sealed class KeyTally
{
    private string? _sample;

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a key.</summary>
    public void Add(int database, ReadOnlySpan<byte> key)
    {
        if (Count++ == 0)
        {
            _sample = Name(database, key);
        }
    }

    /// <summary>What the user sees of it.</summary>
    public RedisKeyCount ToCount() => new(Count, _sample);

    /// <summary>A key with its database for the eyes.</summary>
    public static string Name(int database, ReadOnlySpan<byte> key) => FormattableString.Invariant($"db{database} {RdbPlace.Show(key)}");
}
