namespace Traf3li.Backup;

/// <summary>How the archive is compressed before it is stored.</summary>
public enum CompressionMethod
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip members (RFC 1952), one a block; <c>gunzip</c> reads them as one file.</summary>
    Gzip,

    /// <summary>zstd frames (RFC 8878), one a block; <c>zstd -d</c> reads them as one file.</summary>
    Zstd,
}
