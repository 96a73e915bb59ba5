namespace Traf3li.Backup.Engine.Compression;

/// <summary>Methods and levels of block compression.</summary>
internal static class BlockCompression
{
    /// <summary>
    /// The zstd level unless told otherwise. Two cores compress at it about ten times as fast as one core makes .NET's optimal gzip, at level 3
    /// seven times (orders of 700 bytes in 4 MiB blocks), and with the parameters of <see cref="ZstdBlockCompressor" /> the result is no larger
    /// than that gzip. Level 3 is 10 % smaller.
    /// </summary>
    public const int DefaultZstdLevel = 2;

    /// <summary>
    /// The gzip level unless told otherwise: the fastest whose result is at most 1.08 times as large as .NET's optimal one (measured on
    /// documents of 900 bytes in 4 MiB blocks, .NET 10: 1.69 times as fast a core and 1.045 times as large; level 3 is 1.104 times as large).
    /// </summary>
    public const int DefaultGzipLevel = 4;

    /// <summary>
    /// The level of an RDB unless told otherwise. A server has compressed its longer strings already (LZF), and higher levels win little: gzip 2
    /// makes 67 MB/s a core and 2 % more than gzip 4 at 52 MB/s, zstd 1 320 MB/s and 3 % more than zstd 2 at 198 MB/s (keys of 1 KB, mixed types).
    /// gzip 1 would be twice as fast again and 27 % larger.
    /// </summary>
    public static int DefaultRdbLevel(CompressionMethod method) => method switch
    {
        CompressionMethod.Gzip => 2,
        CompressionMethod.Zstd => 1,
        _ => 0,
    };

    /// <summary>Makes a compressor for one worker.</summary>
    /// <exception cref="ConfigurationInvalidException">The method has no such level.</exception>
    public static IBlockCompressor Create(CompressionMethod method, int? level)
    {
        var used = Level(method, level);
        return method switch
        {
            CompressionMethod.Gzip => new GzipBlockCompressor(used),
            CompressionMethod.Zstd => new ZstdBlockCompressor(used),
            _ => new StoredBlockCompressor(),
        };
    }

    /// <summary>The level that is used: the one given, or the method's own; 0 without compression.</summary>
    /// <exception cref="ConfigurationInvalidException">The method has no such level.</exception>
    public static int Level(CompressionMethod method, int? level) => method switch
    {
        CompressionMethod.Gzip => Check(level ?? DefaultGzipLevel, 9, "gzip"),
        CompressionMethod.Zstd => Check(level ?? DefaultZstdLevel, 19, "zstd"),
        CompressionMethod.None when level is null or 0 => 0,
        CompressionMethod.None => throw new ConfigurationInvalidException("CompressionLevel", $"{level} has no meaning without compression.", "Leave out the level, or choose Gzip or Zstd."),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, message: null),
    };

    /// <summary>What a file so compressed ends with: nothing, <c>.gz</c> or <c>.zst</c>.</summary>
    public static string Extension(CompressionMethod method) => method switch
    {
        CompressionMethod.None => "",
        CompressionMethod.Gzip => ".gz",
        CompressionMethod.Zstd => ".zst",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, message: null),
    };

    private static int Check(int level, int highest, string name) => level >= 1 && level <= highest
        ? level
        : throw new ConfigurationInvalidException("CompressionLevel", $"{level} is no level of {name}.", $"Give a level from 1 to {highest}.");
}
