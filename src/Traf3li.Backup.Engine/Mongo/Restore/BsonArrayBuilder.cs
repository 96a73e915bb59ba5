using System.Buffers.Binary;
using System.Buffers.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Puts documents, as bytes, behind each other as the BSON array that an insert command takes, without decoding them.</summary>
internal sealed class BsonArrayBuilder(PooledBuffer buffer)
{
    // Type, up to ten digits and the zero behind them.
    private const int MaxElementOverhead = 12;

    /// <summary>Documents so far.</summary>
    public int Count { get; private set; }

    /// <summary>The most bytes that documents of this size and number take as an array.</summary>
    public static int Measure(int documents, int bytes) => 5 + bytes + (documents * MaxElementOverhead);

    /// <summary>Begins a new array in the same buffer.</summary>
    public void Clear()
    {
        Count = 0;
        buffer.Length = sizeof(int);
    }

    /// <summary>Appends one document.</summary>
    public void Append(ReadOnlySpan<byte> document)
    {
        var target = buffer.Array.AsSpan(buffer.Length);
        target[0] = 0x03;
        Utf8Formatter.TryFormat(Count, target[1..], out var digits);
        target[1 + digits] = 0;
        document.CopyTo(target[(2 + digits)..]);
        buffer.Length += 2 + digits + document.Length;
        Count++;
    }

    /// <summary>The array, valid until the buffer is used again.</summary>
    public RawBsonArray Build()
    {
        buffer.Append([0]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.Array, buffer.Length);
        return new RawBsonArray(new ByteArrayBuffer(buffer.Array, buffer.Length, isReadOnly: true));
    }
}
