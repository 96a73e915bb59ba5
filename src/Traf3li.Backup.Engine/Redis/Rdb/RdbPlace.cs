using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What is being read, for errors: the name of the RDB, the database and the key.</summary>
internal sealed class RdbPlace(string archive)
{
    private const int ShownBytes = 64;

    private byte[] _key = new byte[256];
    private int _keyLength = -1;

    /// <summary>The number of the database.</summary>
    public int Database { get; set; }

    /// <summary>The key; empty between keys.</summary>
    public ReadOnlySpan<byte> Key => _key.AsSpan(0, Math.Max(0, _keyLength));

    /// <summary>No key is being read.</summary>
    public void LeaveKey() => _keyLength = -1;

    /// <summary>Begins a key.</summary>
    public void EnterKey() => _keyLength = 0;

    /// <summary>Adds a piece to the key.</summary>
    public void AppendKey(ReadOnlySpan<byte> piece)
    {
        if (_keyLength + piece.Length > _key.Length)
        {
            Array.Resize(ref _key, Math.Max(_keyLength + piece.Length, 2 * _key.Length));
        }

        piece.CopyTo(_key.AsSpan(_keyLength));
        _keyLength += piece.Length;
    }

    /// <summary>The error of damage at a byte.</summary>
    public RdbCorruptException Corrupt(long offset, string reason) => new(archive, offset, Database, _keyLength < 0 ? null : Show(Key), reason);

    /// <summary>The error of something that no server this module knows could use, or that is beyond a limit.</summary>
    public RdbUnsupportedException Unsupported(string reason) =>
        new(archive, _keyLength < 0 ? reason : $"{reason} (_key \"{Show(Key)}\" of database {Database})");

    /// <summary>Bytes for the eyes: ASCII as it is, anything else as \xNN, cut after 64 bytes.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes[..Math.Min(bytes.Length, ShownBytes)])
        {
            if (value is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'\\')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            }
        }

        return bytes.Length > ShownBytes ? text.Append('…').ToString() : text.ToString();
    }
}
