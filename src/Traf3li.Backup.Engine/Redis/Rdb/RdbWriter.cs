using System.Buffers;
using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Writes an RDB that a server can start from, out of what DUMP answers. The order is the server's own: what is said about the RDB, functions,
/// then database by database its number, its size and its keys, then the end. The caller sends on what the output has gathered.
/// </summary>
internal sealed class RdbWriter
{
    /// <summary>What Redis 7.0 writes, and every newer server reads.</summary>
    public const int DefaultVersion = 10;

    /// <summary>What Redis 5 and 6 write: the oldest version that can be asked for.</summary>
    public const int OldestVersion = 9;

    /// <summary>The newest version of Redis that can be asked for: what 7.4 to 8.4 write.</summary>
    public const int NewestRedisVersion = 12;

    private const int LongestSix = 0x3F;
    private const int LongestFourteen = 0x3FFF;

    private readonly IBufferWriter<byte> _output;
    private readonly RdbPlace _place;
    private readonly RdbHeader _header;
    private ulong _crc;
    private ulong _payloadCrc;

    /// <summary>Begins an RDB with its header.</summary>
    /// <param name="output">Gets the bytes.</param>
    /// <param name="name">Names the RDB in errors: its key or path.</param>
    /// <param name="version">The version, 9 to 12 or 80 for Valkey 9: that of the server whose keys are written, which stands in the footer of
    /// what DUMP answers (<see cref="RdbPayload.VersionOf" />), or the next lower one.</param>
    public RdbWriter(IBufferWriter<byte> output, string name, int version = DefaultVersion)
    {
        if (version is not ((>= OldestVersion and <= NewestRedisVersion) or RdbHeader.Valkey9))
        {
            throw new ArgumentOutOfRangeException(nameof(version), version, "There is no such version, or it cannot be written.");
        }

        _output = output;
        _place = new RdbPlace(name);
        _header = RdbHeader.OfPayload(version);
        Write(_header.ToBytes());
    }

    /// <summary>The version to write for keys whose payloads are of a version: the same, or the next lower one that is known.</summary>
    /// <param name="payloadVersion">What <see cref="RdbPayload.VersionOf" /> said.</param>
    /// <returns>The version; null where the payloads are older than <see cref="OldestVersion" />.</returns>
    public static int? VersionFor(int payloadVersion) => payloadVersion switch
    {
        < OldestVersion => null,
        < RdbHeader.Valkey9 => Math.Min(payloadVersion, NewestRedisVersion),
        _ => RdbHeader.Valkey9,
    };

    /// <summary>How much was written, bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Says something about the RDB; servers log or ignore it.</summary>
    public void WriteAux(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        WriteByte(RdbOpcode.Aux);
        WriteString(name);
        WriteString(text);
    }

    /// <summary>A library of functions.</summary>
    /// <param name="code">What FUNCTION LIST WITHCODE answers as <c>library_code</c>.</param>
    public void WriteFunction(ReadOnlySpan<byte> code)
    {
        WriteByte(RdbOpcode.Function);
        WriteString(code);
    }

    /// <summary>The database of the keys that follow.</summary>
    public void SelectDatabase(int database)
    {
        _place.Database = database;
        WriteByte(RdbOpcode.SelectDatabase);
        WriteLength((ulong)database);
    }

    /// <summary>How many keys the database will have; only a hint, so it may be wrong.</summary>
    /// <param name="keys">Keys.</param>
    /// <param name="expiring">Keys among them that expire.</param>
    public void ResizeDatabase(long keys, long expiring)
    {
        WriteByte(RdbOpcode.ResizeDatabase);
        WriteLength((ulong)keys);
        WriteLength((ulong)expiring);
    }

    /// <summary>A key. A server takes each key once a database.</summary>
    /// <param name="key">The key.</param>
    /// <param name="payload">What DUMP answered for it, with the footer, whose checksum is checked.</param>
    /// <param name="attributes">Its expiry and use.</param>
    /// <exception cref="RdbCorruptException">The payload is not what the server sent.</exception>
    /// <exception cref="RdbUnsupportedException">Its type is newer than this RDB's version.</exception>
    public void WriteKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> payload, RdbKeyAttributes attributes)
    {
        _place.EnterKey();
        _place.AppendKey(key);
        var value = RdbPayload.Open(payload, _place, out var version);
        CheckType(value[0], version);
        WriteKey(key, value[0], attributes);
        Write(value[1..]);
        _place.LeaveKey();
    }

    /// <summary>Begins a key whose value comes in pieces, by <see cref="AppendValue" />, and ends with <see cref="EndKey" />.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The first byte of what DUMP answered.</param>
    /// <param name="attributes">Its expiry and use.</param>
    /// <exception cref="RdbUnsupportedException">The type is newer than this RDB's version.</exception>
    public void BeginKey(ReadOnlySpan<byte> key, byte type, RdbKeyAttributes attributes)
    {
        _place.EnterKey();
        _place.AppendKey(key);
        CheckType(type, _header.Version);
        WriteKey(key, type, attributes);
        _payloadCrc = Crc64Jones.Append(0, [type]);
    }

    /// <summary>Adds a piece of what DUMP answered, behind the type and before the footer.</summary>
    public void AppendValue(ReadOnlySpan<byte> piece)
    {
        _payloadCrc = Crc64Jones.Append(_payloadCrc, piece);
        Write(piece);
    }

    /// <summary>Ends the key.</summary>
    /// <param name="footer">The last <see cref="RdbPayload.FooterLength" /> bytes of what DUMP answered.</param>
    /// <exception cref="RdbCorruptException">The payload was not what the server sent: what was written is of no use.</exception>
    /// <exception cref="RdbUnsupportedException">It is of another dialect.</exception>
    public void EndKey(ReadOnlySpan<byte> footer)
    {
        RdbPayload.CheckFooter(footer, _payloadCrc, _place, out var version);
        if (RdbHeader.OfPayload(version).Dialect != _header.Dialect && _header.Dialect == RdbDialect.Redis)
        {
            throw _place.Unsupported($"a dumped value of the version {version} does not fit into {_header}");
        }

        _place.LeaveKey();
    }

    private void WriteKey(ReadOnlySpan<byte> key, byte type, RdbKeyAttributes attributes)
    {
        if (attributes.ExpiresAt is { } expiresAt)
        {
            WriteByte(RdbOpcode.ExpiresAtMilliseconds);
            Span<byte> time = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(time, expiresAt);
            Write(time);
        }

        if (attributes.IdleSeconds is { } idle)
        {
            WriteByte(RdbOpcode.Idle);
            WriteLength((ulong)idle);
        }
        else if (attributes.Frequency is { } frequency)
        {
            WriteByte(RdbOpcode.Frequency);
            WriteByte(frequency);
        }

        WriteByte(type);
        WriteString(key);
    }

    /// <summary>The end, with the checksum.</summary>
    public void Finish()
    {
        WriteByte(RdbOpcode.End);
        Span<byte> checksum = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(checksum, _crc);
        Write(checksum);
    }

    private void CheckType(byte type, int version)
    {
        var dialect = RdbHeader.OfPayload(version).Dialect;
        var least = RdbType.LeastVersion(type, dialect);
        var foreign = dialect != _header.Dialect && type >= RdbType.RedisHashMetadataPreRelease;
        if (RdbType.DataTypeOf(type, dialect) is null || least > _header.Version || foreign)
        {
            throw _place.Unsupported($"a value of the type {type} needs an RDB of the version {new RdbHeader(dialect, least)}, and this one is {_header}");
        }
    }

    private void WriteString(ReadOnlySpan<byte> bytes)
    {
        WriteLength((ulong)bytes.Length);
        Write(bytes);
    }

    private void WriteLength(ulong length)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong)];
        switch (length)
        {
            case <= LongestSix:
                WriteByte((byte)length);
                return;
            case <= LongestFourteen:
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(length | 0x4000));
                bytes = bytes[..sizeof(ushort)];
                break;
            case <= uint.MaxValue:
                bytes[0] = 0x80;
                BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)length);
                bytes = bytes[..(1 + sizeof(uint))];
                break;
            default:
                bytes[0] = 0x81;
                BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], length);
                break;
        }

        Write(bytes);
    }

    private void WriteByte(byte value) => Write([value]);

    private void Write(scoped ReadOnlySpan<byte> bytes)
    {
        _crc = Crc64Jones.Append(_crc, bytes);
        Length += bytes.Length;
        _output.Write(bytes);
    }
}
