namespace Traf3li.Backup.Engine.Archive;

/// <summary>The document before a segment, or in place of one at a namespace's end.</summary>
/// <param name="Database">The database; empty for the oplog.</param>
/// <param name="Collection">The collection.</param>
/// <param name="IsEof">Whether the namespace ends here.</param>
/// <param name="Crc">At the end: the CRC-64/XZ of its documents.</param>
internal readonly record struct NamespaceHeader(string Database, string Collection, bool IsEof, ulong Crc)
{
    /// <summary>Reads one; null if the document is none.</summary>
    public static NamespaceHeader? Parse(ReadOnlySpan<byte> document)
    {
        string? database = null;
        string? collection = null;
        var eof = false;
        var crc = 0L;
        var reader = new RawBsonReader(document);
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("db"u8))
            {
                database = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("collection"u8))
            {
                collection = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("EOF"u8))
            {
                if (reader.AsBoolean() is not { } value)
                {
                    return null;
                }

                eof = value;
            }
            else if (reader.Name.SequenceEqual("CRC"u8))
            {
                if (reader.AsInt64() is not { } value)
                {
                    return null;
                }

                crc = value;
            }
        }

        return reader.IsDamaged || database is null || collection is null ? null : new NamespaceHeader(database, collection, eof, unchecked((ulong)crc));
    }
}
