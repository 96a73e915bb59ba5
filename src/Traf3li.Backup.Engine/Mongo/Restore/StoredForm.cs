using System.Buffers.Binary;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// The bytes that a server stores for a document given to insert: it moves <c>_id</c> to the front and leaves all else as it is
/// (mongo/src/mongo/db/ops/insert.cpp, fixDocumentForInsert).
/// </summary>
internal static class StoredForm
{
    /// <summary>The document itself when <c>_id</c> is first or missing, else a copy with <c>_id</c> in front.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> document)
    {
        if (RawBson.BeginsWithId(document))
        {
            return document;
        }

        var reader = new RawBsonReader(document);
        if (!reader.Read())
        {
            return document;
        }

        // An element is its type, its name with a zero, and its value.
        var start = sizeof(int) + 1 + reader.Name.Length + 1 + reader.Value.Length;
        while (reader.Read())
        {
            var length = 1 + reader.Name.Length + 1 + reader.Value.Length;
            if (reader.Name.SequenceEqual("_id"u8))
            {
                var moved = new byte[document.Length];
                BinaryPrimitives.WriteInt32LittleEndian(moved, document.Length);
                document.Slice(start, length).CopyTo(moved.AsSpan(sizeof(int)));
                document[sizeof(int)..start].CopyTo(moved.AsSpan(sizeof(int) + length));
                document[(start + length)..].CopyTo(moved.AsSpan(start + length));
                return moved;
            }

            start += length;
        }

        return document;
    }
}
