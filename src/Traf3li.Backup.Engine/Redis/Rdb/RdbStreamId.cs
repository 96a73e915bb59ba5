using System.Buffers.Binary;
using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>The id of an entry of a stream: milliseconds since 1970, and a number within the millisecond.</summary>
internal readonly record struct RdbStreamId(ulong Milliseconds, ulong Sequence)
{
    /// <summary>The length of an id as bytes.</summary>
    public const int Length = 16;

    /// <summary>Reads two big-endian numbers.</summary>
    public static RdbStreamId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]));

    /// <summary>The id this far behind; it wraps around like the server's own sum.</summary>
    public RdbStreamId Plus(long milliseconds, long sequence) => new(unchecked(Milliseconds + (ulong)milliseconds), unchecked(Sequence + (ulong)sequence));

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Sequence}");
}
