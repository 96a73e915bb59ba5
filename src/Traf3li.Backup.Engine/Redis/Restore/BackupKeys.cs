using System.IO.Hashing;
using System.Security.Cryptography;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// The keys of a backup as a set of 128-bit hashes, so that it can be asked which keys of a server the backup lacks. The hash has a secret seed,
/// so that nobody can choose keys that are taken for one another. Of more keys than fit, the set holds one part at a time, chosen by bits of the
/// hash: the backup's keys are then read once for each part.
/// </summary>
internal sealed class BackupKeys
{
    /// <summary>The most keys held at once: 64 MiB.</summary>
    public const int MostAtOnce = 3 << 20;

    private const int SmallestTable = 1 << 10;

    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly int _mostAtOnce;
    private UInt128[] _table = new UInt128[SmallestTable];
    private int _count;

    /// <summary>Begins with nothing in it.</summary>
    /// <param name="mostAtOnce">The most keys held at once.</param>
    public BackupKeys(int mostAtOnce = MostAtOnce) => _mostAtOnce = mostAtOnce;

    /// <summary>How many parts there are, a power of two. It grows only while the first part is gathered.</summary>
    public int Parts { get; private set; } = 1;

    /// <summary>The part that is held.</summary>
    public int Part { get; private set; }

    /// <summary>Begins another part, with nothing in it.</summary>
    public void Begin(int part)
    {
        Part = part;
        _count = 0;
        Array.Clear(_table);
    }

    /// <summary>Adds a key, if it is of the part.</summary>
    public void Add(int database, ReadOnlySpan<byte> key)
    {
        var hash = HashOf(database, key);
        if (!IsOfPart(hash))
        {
            return;
        }

        if (_count >= _mostAtOnce && Part == 0)
        {
            Halve();
            if (!IsOfPart(hash))
            {
                return;
            }
        }

        Insert(hash);
    }

    /// <summary>Whether a key is of the part, and the backup lacks it.</summary>
    public bool Lacks(int database, ReadOnlySpan<byte> key)
    {
        var hash = HashOf(database, key);
        return IsOfPart(hash) && _table[Find(hash)] != hash;
    }

    private UInt128 HashOf(int database, ReadOnlySpan<byte> key)
    {
        var hash = XxHash128.HashToUInt128(key, unchecked(_seed + (database * -7046029254386353131L)));

        // Zero marks an empty place.
        return hash == UInt128.Zero ? UInt128.One : hash;
    }

    private bool IsOfPart(UInt128 hash) => ((int)(hash >> 64) & (Parts - 1)) == Part;

    /// <summary>Where a hash is, or the empty place that it belongs in.</summary>
    private int Find(UInt128 hash)
    {
        var mask = _table.Length - 1;
        var place = (int)(ulong)hash & mask;
        while (_table[place] != UInt128.Zero && _table[place] != hash)
        {
            place = (place + 1) & mask;
        }

        return place;
    }

    private void Insert(UInt128 hash)
    {
        if ((_count + 1) * 4L > _table.Length * 3L)
        {
            Rebuild(2 * _table.Length);
        }

        var place = Find(hash);
        if (_table[place] == UInt128.Zero)
        {
            _table[place] = hash;
            _count++;
        }
    }

    private void Halve()
    {
        Parts *= 2;
        Rebuild(_table.Length);
    }

    private void Rebuild(int size)
    {
        var before = _table;
        _table = new UInt128[size];
        _count = 0;
        foreach (var hash in before)
        {
            if (hash != UInt128.Zero && IsOfPart(hash))
            {
                _table[Find(hash)] = hash;
                _count++;
            }
        }
    }
}
