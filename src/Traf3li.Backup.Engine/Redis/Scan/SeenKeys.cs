using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>
/// Which keys of a database were taken already, in bounded memory. SCAN may give a key twice while a server's table shrinks, and a server
/// refuses to start from an RDB that has a key twice.
/// </summary>
/// <remarks>
/// <para>
/// Of each key 16 bytes are kept: a SHA-256 that nobody else can foresee, cut off. That two of a thousand million keys share one has a chance
/// below 10⁻²⁰, and nobody can make keys that do.
/// </para>
/// <para>
/// Of a database with more keys than are held at once, each pass over it takes only those keys whose hash is in one part of all hashes. A key
/// is always in the same part, so it is taken in one pass only, in which it is remembered.
/// </para>
/// </remarks>
internal sealed class SeenKeys
{
    /// <summary>About how many keys a pass takes: 128 MB.</summary>
    public const int KeysPerPass = 6_000_000;

    private const int Tables = 256;
    private const int FirstSize = 16;
    private const int LongestOnStack = 512;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly Table[] _tables = new Table[Tables];
    private readonly int _keysPerPass;
    private int _pass;
    private int _passes = 1;

    /// <summary>Creates an empty set.</summary>
    public SeenKeys(int keysPerPass = KeysPerPass) => _keysPerPass = keysPerPass;

    /// <summary>Keys remembered in this pass.</summary>
    public int Count { get; private set; }

    /// <summary>Whether so many keys came that a pass cannot hold them: the database grew to more than double its size.</summary>
    public bool IsFull => Count > 2L * _keysPerPass;

    /// <summary>How many passes a database needs.</summary>
    public int PassesFor(long keys) => (int)Math.Max(1, (keys + _keysPerPass - 1) / _keysPerPass);

    /// <summary>Begins a pass and forgets all keys.</summary>
    public void Begin(int pass, int passes)
    {
        (_pass, _passes, Count) = (pass, passes, 0);
        Array.Clear(_tables);
    }

    /// <summary>Remembers a key.</summary>
    /// <returns>Whether this pass takes it and had not seen it; null when another pass takes it.</returns>
    public bool? TryAdd(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        if ((int)(((words[2] >> 32) * (ulong)_passes) >> 32) != _pass)
        {
            return null;
        }

        // Nothing at all marks a free place.
        var isNew = _tables[hash[^1]].TryAdd(new UInt128(words[0], words[1] | 1));
        Count += isNew ? 1 : 0;
        return isNew;
    }

    private void Hash(ReadOnlySpan<byte> key, Span<byte> hash)
    {
        var length = _secret.Length + key.Length;
        var rented = length > LongestOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var input = rented is null ? stackalloc byte[LongestOnStack] : rented;
        _secret.CopyTo(input);
        key.CopyTo(input[_secret.Length..]);
        SHA256.HashData(input[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A part of the set; parts grow one at a time, so that growing never takes the set's size again.</summary>
    private struct Table
    {
        private UInt128[]? _places;
        private int _count;

        public bool TryAdd(UInt128 hash)
        {
            _places ??= new UInt128[FirstSize];
            if (!Put(_places, hash))
            {
                return false;
            }

            _count++;
            if (_count > _places.Length / 4 * 3)
            {
                var larger = new UInt128[2 * _places.Length];
                foreach (var held in _places)
                {
                    if (held != UInt128.Zero)
                    {
                        Put(larger, held);
                    }
                }

                _places = larger;
            }

            return true;
        }

        private static bool Put(UInt128[] places, UInt128 hash)
        {
            var mask = places.Length - 1;
            for (var place = (int)(ulong)hash >> 1 & mask; ; place = (place + 1) & mask)
            {
                if (places[place] == UInt128.Zero)
                {
                    places[place] = hash;
                    return true;
                }

                if (places[place] == hash)
                {
                    return false;
                }
            }
        }
    }
}
