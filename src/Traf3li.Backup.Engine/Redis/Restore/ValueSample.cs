using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Chooses keys at random while they pass, each with the same chance whatever their number (reservoir sampling), and keeps of each what
/// a comparison needs. A chosen value is decoded once more, which happens to few.
/// </summary>
/// <param name="size">The most keys.</param>
/// <param name="withoutFieldsUntil">Fields of hashes that expire until then are not compared, milliseconds since 1970.</param>
internal sealed class ValueSample(int size, long withoutFieldsUntil)
{
    private const int LongestKey = 64 << 10;
    private const int LongestValue = 4 << 20;

    private readonly List<ExpectedKey> _keys = [];
    private readonly DigestVisitor _digest = new() { WithoutFieldsUntil = withoutFieldsUntil };
    private ulong _random = (ulong)BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(long)));
    private byte[] _payload = [];
    private long _seen;

    /// <summary>The chosen keys.</summary>
    public IReadOnlyList<ExpectedKey> Keys => _keys;

    /// <summary>A key passes.</summary>
    /// <param name="reader">The reader that is at it.</param>
    /// <param name="value">Its value.</param>
    public void Offer(RdbReader reader, RdbRawValue value)
    {
        if (reader.Key.Length > LongestKey || value.Value.Length > LongestValue)
        {
            return;
        }

        var place = _seen < size ? _seen : (long)(Next() % (ulong)(_seen + 1));
        _seen++;
        if (place >= size)
        {
            return;
        }

        var chosen = Describe(reader, value);
        if (place < _keys.Count)
        {
            _keys[(int)place] = chosen;
        }
        else
        {
            _keys.Add(chosen);
        }
    }

    private ExpectedKey Describe(RdbReader reader, RdbRawValue value)
    {
        var length = value.PayloadLength;
        if (_payload.Length < length)
        {
            _payload = new byte[2 * length];
        }

        // The footer's version says whose numbering of types it is.
        value.WritePayload(_payload, reader.Header.Version);
        _digest.Begin();
        var (type, facts) = RdbPayload.Decode(_payload.AsMemory(0, length), "the backup", _digest);
        var hash = _digest.End(reader.Key, type, expiresAt: null);
        return new ExpectedKey(
            reader.Database, reader.Key.ToArray(), hash, reader.ExpiresAt, withoutFieldsUntil, type == RdbDataType.Hash && _digest.Elements == 0, facts.Bytes);
    }

    // splitmix64 (Steele, Lea and Flood, 2014): nobody gains by guessing which keys are compared.
    private ulong Next()
    {
        var mixed = _random = unchecked(_random + 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return mixed ^ (mixed >> 31);
    }
}
