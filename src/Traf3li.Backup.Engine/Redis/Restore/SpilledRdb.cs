using System.Buffers.Binary;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>A payload that was put aside, as an RDB of that one key, so that it can be read again. It is not closed.</summary>
internal sealed class SpilledRdb : ReadOnlyStream
{
    private readonly SpillStream _payload;
    private readonly byte[] _head;
    private readonly byte[] _tail;
    private readonly long _valueStart;
    private readonly long _valueLength;
    private long _position;

    /// <summary>Wraps a payload.</summary>
    /// <param name="payload">What <see cref="RdbReader.CopyPayload" /> wrote.</param>
    /// <param name="prefix">How many bytes stand before the value in it: the type, and metadata.</param>
    /// <param name="header">The header of the RDB that it is from.</param>
    /// <param name="key">The key.</param>
    public SpilledRdb(SpillStream payload, int prefix, RdbHeader header, ReadOnlySpan<byte> key)
    {
        _payload = payload;
        _valueStart = prefix;
        _valueLength = payload.Length - prefix - RdbPayload.FooterLength;
        var type = new byte[prefix];
        payload.ReadAt(0, type);
        var length = new byte[1 + sizeof(uint)];
        length[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(length.AsSpan(1), (uint)key.Length);
        _head = [.. header.ToBytes(), .. type, .. length, .. key];

        // A checksum of 0 says that there is none; the value was checked when it was put aside.
        _tail = [RdbOpcode.End, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var inValue = _position - _head.Length;
        var inTail = inValue - _valueLength;
        var left = inValue < 0 ? -inValue : inTail < 0 ? -inTail : _tail.Length - inTail;
        var piece = buffer.Span[..(int)Math.Min(buffer.Length, left)];
        if (inValue < 0)
        {
            _head.AsSpan((int)_position, piece.Length).CopyTo(piece);
        }
        else if (inTail < 0)
        {
            _payload.ReadAt(_valueStart + inValue, piece);
        }
        else
        {
            _tail.AsSpan((int)inTail, piece.Length).CopyTo(piece);
        }

        _position += piece.Length;
        return ValueTask.FromResult(piece.Length);
    }
}
