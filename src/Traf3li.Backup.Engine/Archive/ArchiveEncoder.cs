using System.Buffers;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>Writes everything of an archive but the documents, byte for byte as mongodump does.</summary>
internal static class ArchiveEncoder
{
    private static readonly byte[] Mark = [0xff, 0xff, 0xff, 0xff];

    /// <summary>Writes the magic, the header, the namespaces and the terminator.</summary>
    public static void WritePrelude(IBufferWriter<byte> output, ArchiveHeader header, IReadOnlyList<ArchiveNamespace> namespaces)
    {
        BsonWriting.WriteInt32(output, unchecked((int)ArchiveFormat.Magic));
        BsonWriting.WriteDocument(output, body =>
        {
            BsonWriting.AddInt32(body, "concurrent_collections", header.ConcurrentCollections);
            BsonWriting.AddString(body, "version", ArchiveFormat.Version);
            BsonWriting.AddString(body, "server_version", header.ServerVersion);
            BsonWriting.AddString(body, "tool_version", header.ToolVersion);
        });
        foreach (var entry in namespaces)
        {
            BsonWriting.WriteDocument(output, body =>
            {
                BsonWriting.AddString(body, "db", entry.Database);
                BsonWriting.AddString(body, "collection", entry.Collection);
                BsonWriting.AddString(body, "metadata", entry.MetadataJson);
                BsonWriting.AddInt32(body, "size", entry.Size);
                BsonWriting.AddString(body, "type", entry.Type);
            });
        }

        WriteTerminator(output);
    }

    /// <summary>Writes the header that stands before a segment's documents.</summary>
    public static void WriteSegmentHeader(IBufferWriter<byte> output, string database, string collection) =>
        WriteNamespaceHeader(output, database, collection, eof: false, crc: 0);

    /// <summary>Writes the mark that stands after a segment's documents.</summary>
    public static void WriteTerminator(IBufferWriter<byte> output) => output.Write(Mark);

    /// <summary>Writes the end of a namespace: its header with EOF true and the CRC of all its documents, and the terminator.</summary>
    public static void WriteEof(IBufferWriter<byte> output, string database, string collection, ulong crc)
    {
        WriteNamespaceHeader(output, database, collection, eof: true, crc);
        WriteTerminator(output);
    }

    /// <summary>The bytes of <see cref="WriteSegmentHeader" />.</summary>
    public static byte[] SegmentHeader(string database, string collection)
    {
        var output = new ArrayBufferWriter<byte>(128);
        WriteSegmentHeader(output, database, collection);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The bytes of <see cref="WriteEof" />.</summary>
    public static byte[] Eof(string database, string collection, ulong crc)
    {
        var output = new ArrayBufferWriter<byte>(128);
        WriteEof(output, database, collection, crc);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteNamespaceHeader(IBufferWriter<byte> output, string database, string collection, bool eof, ulong crc) =>
        BsonWriting.WriteDocument(output, body =>
        {
            BsonWriting.AddString(body, "db", database);
            BsonWriting.AddString(body, "collection", collection);
            BsonWriting.AddBoolean(body, "EOF", eof);
            BsonWriting.AddInt64(body, "CRC", unchecked((long)crc));
        });
}
