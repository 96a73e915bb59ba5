namespace Traf3li.Backup;

/// <summary>One independently compressed block of the stored object. It holds whole archive segments of one namespace.</summary>
public sealed class BlockManifest
{
    /// <summary>Index into <see cref="BackupManifest.Namespace" />; -1 for the prelude, -2 for the oplog.</summary>
    public required int NamespaceIndex { get; init; }

    /// <summary>Where the compressed block begins in the stored object, bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>The compressed block's length, bytes.</summary>
    public required int StoredSize { get; init; }

    /// <summary>Its length after decompression, bytes.</summary>
    public required int Size { get; init; }
}
