using System.IO.Compression;
using System.Linq.Expressions;
using System.Reflection;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>
/// Makes deflate streams of a level. From .NET 9 on, all nine of zlib-ng can be had (<c>ZLibCompressionOptions</c>); the engine is built for
/// .NET 8, which knows three, so they are found at run time.
/// </summary>
internal static class DeflateLevels
{
    private static readonly Func<Stream, int, Stream>? Exact = FindExact();

    /// <summary>Whether each of the levels 1 to 9 has its own meaning; else 1 and 2 are fastest, 3 to 8 optimal and 9 smallest.</summary>
    public static bool AreExact => Exact is not null;

    /// <summary>Opens a stream that writes raw deflate data to <paramref name="output" /> and leaves it open.</summary>
    public static Stream Open(Stream output, int level) => Exact is not null ? Exact(output, level) : new DeflateStream(output, Nearest(level), leaveOpen: true);

    internal static CompressionLevel Nearest(int level) => level switch
    {
        <= 2 => CompressionLevel.Fastest,
        <= 8 => CompressionLevel.Optimal,
        _ => CompressionLevel.SmallestSize,
    };

    private static Func<Stream, int, Stream>? FindExact()
    {
        var options = typeof(DeflateStream).Assembly.GetType("System.IO.Compression.ZLibCompressionOptions");
        var constructor = options is null ? null : typeof(DeflateStream).GetConstructor([typeof(Stream), options, typeof(bool)]);
        var property = options?.GetProperty("CompressionLevel", BindingFlags.Public | BindingFlags.Instance);
        if (constructor is null || property is null)
        {
            return null;
        }

        var output = Expression.Parameter(typeof(Stream));
        var level = Expression.Parameter(typeof(int));
        var body = Expression.New(
            constructor,
            output,
            Expression.MemberInit(Expression.New(options!), Expression.Bind(property, level)),
            Expression.Constant(true));
        return Expression.Lambda<Func<Stream, int, Stream>>(Expression.Convert(body, typeof(Stream)), output, level).Compile();
    }
}
