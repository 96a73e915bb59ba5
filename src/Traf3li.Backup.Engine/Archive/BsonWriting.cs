using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>The few BSON elements that the archive's own documents are made of (bsonspec.org 1.1).</summary>
internal static class BsonWriting
{
    /// <summary>Writes a document of the elements that <paramref name="elements" /> appends.</summary>
    public static void WriteDocument(IBufferWriter<byte> output, Action<ArrayBufferWriter<byte>> elements)
    {
        var body = new ArrayBufferWriter<byte>(256);
        elements(body);
        WriteInt32(output, body.WrittenCount + 5);
        output.Write(body.WrittenSpan);
        WriteByte(output, 0);
    }

    /// <summary>Appends a string element.</summary>
    public static void AddString(ArrayBufferWriter<byte> body, string name, string value)
    {
        AddName(body, 0x02, name);
        WriteInt32(body, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, body);
        WriteByte(body, 0);
    }

    /// <summary>Appends a 32-bit integer element.</summary>
    public static void AddInt32(ArrayBufferWriter<byte> body, string name, int value)
    {
        AddName(body, 0x10, name);
        WriteInt32(body, value);
    }

    /// <summary>Appends a 64-bit integer element.</summary>
    public static void AddInt64(ArrayBufferWriter<byte> body, string name, long value)
    {
        AddName(body, 0x12, name);
        BinaryPrimitives.WriteInt64LittleEndian(body.GetSpan(8), value);
        body.Advance(8);
    }

    /// <summary>Appends a Boolean element.</summary>
    public static void AddBoolean(ArrayBufferWriter<byte> body, string name, bool value)
    {
        AddName(body, 0x08, name);
        WriteByte(body, value ? (byte)1 : (byte)0);
    }

    /// <summary>Writes four bytes, little-endian.</summary>
    public static void WriteInt32(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void AddName(ArrayBufferWriter<byte> body, byte type, string name)
    {
        WriteByte(body, type);
        Encoding.UTF8.GetBytes(name, body);
        WriteByte(body, 0);
    }
}
