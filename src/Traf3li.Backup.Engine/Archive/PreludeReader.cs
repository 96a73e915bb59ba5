namespace Traf3li.Backup.Engine.Archive;

/// <summary>Reads an archive's beginning up to its first segment.</summary>
internal static class PreludeReader
{
    /// <summary>Reads magic, header, namespaces and terminator.</summary>
    /// <param name="window">The archive, from its first byte.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="isRecorded">Whether a manifest has options and indexes as the server's own bytes, so that nobody needs to understand their text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ForeignFileException">It is no archive, or one of a version that nobody has written yet.</exception>
    /// <exception cref="ArchiveCorruptException">It is damaged or cut off.</exception>
    public static async Task<ArchivePrelude> ReadAsync(ArchiveWindow window, string name, bool isRecorded, CancellationToken cancellationToken)
    {
        if (!await window.FillAsync(ArchiveFormat.MarkSize, cancellationToken).ConfigureAwait(false))
        {
            throw new ForeignFileException(name, window.Available == 0 ? "it is empty." : "it is too short for an archive.");
        }

        var magic = BitConverter.ToUInt32(window.Span);
        if (magic != ArchiveFormat.Magic)
        {
            throw new ForeignFileException(name, $"it begins with {magic:x8}, an archive with {ArchiveFormat.Magic:x8}.");
        }

        window.Skip(ArchiveFormat.MarkSize);
        var length = await window.NextAsync("the archive's header", cancellationToken).ConfigureAwait(false);
        var header = ParseHeader(window.Span[..length], window, name);
        window.Skip(length);

        var namespaces = new List<ArchiveNamespace>();
        while (true)
        {
            length = await window.NextAsync("a namespace of the prelude or its end", cancellationToken).ConfigureAwait(false);
            if (window.IsTerminator)
            {
                window.Skip(length);
                return new ArchivePrelude(header, namespaces);
            }

            if (window.Offset + length > ArchiveFormat.MaxPreludeSize)
            {
                throw window.Corrupt($"its list of namespaces is longer than {ArchiveFormat.MaxPreludeSize} bytes.");
            }

            var entry = ParseNamespace(window.Span[..length]) ?? throw window.Corrupt("a namespace of the prelude has no valid db, collection and metadata.");
            if (!isRecorded && !ArchiveMetadata.TryParse(entry.MetadataJson, out _, out var reason))
            {
                throw window.Corrupt($"the metadata of {entry} cannot be read: {reason}");
            }

            namespaces.Add(entry);
            window.Skip(length);
        }
    }

    private static ArchiveHeader ParseHeader(ReadOnlySpan<byte> document, ArchiveWindow window, string name)
    {
        long? concurrent = 1;
        string? version = null;
        var server = "";
        var tool = "";
        var reader = new RawBsonReader(document);
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("concurrent_collections"u8))
            {
                concurrent = reader.AsInt64();
            }
            else if (reader.Name.SequenceEqual("version"u8))
            {
                version = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("server_version"u8))
            {
                server = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("tool_version"u8))
            {
                tool = reader.AsString();
            }
        }

        if (reader.IsDamaged || version is null || server is null || tool is null || concurrent is not (>= int.MinValue and <= int.MaxValue))
        {
            throw window.Corrupt("its header has no valid version, server_version and tool_version.");
        }

        return string.Equals(version, ArchiveFormat.Version, StringComparison.Ordinal)
            ? new ArchiveHeader((int)concurrent.Value, server, tool)
            : throw new ForeignFileException(name, $"it is an archive of format version {version}; known is {ArchiveFormat.Version}.");
    }

    private static ArchiveNamespace? ParseNamespace(ReadOnlySpan<byte> document)
    {
        string? database = null;
        string? collection = null;
        var metadata = "";
        var type = "";
        long? size = 0;
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
            else if (reader.Name.SequenceEqual("metadata"u8))
            {
                metadata = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("type"u8))
            {
                type = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("size"u8))
            {
                size = reader.AsInt64();
            }
        }

        return reader.IsDamaged || database is null || collection is null || metadata is null || type is null || size is not (>= int.MinValue and <= int.MaxValue)
            ? null
            : new ArchiveNamespace(database, collection, metadata, type, (int)size.Value);
    }
}
