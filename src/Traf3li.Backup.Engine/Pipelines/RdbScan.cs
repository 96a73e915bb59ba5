using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Reads an RDB to its end on a thread of its own.</summary>
internal static class RdbScan
{
    /// <summary>Reads all of a stream, which has to be one RDB and nothing else.</summary>
    /// <param name="stream">The RDB, read asynchronously.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="withDigest">Whether every value is decoded.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RdbCorruptException">It is damaged, cut off, or something follows it.</exception>
    public static Task<RdbSummary> RunAsync(Stream stream, string name, bool withDigest, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            using var blocking = new BlockingStream(stream, cancellationToken);
            var summary = RdbSummary.Read(new RdbReader(blocking, name), withDigest, cancellationToken);
            RequireEnd(blocking, summary, name);
            return summary;
        },
        cancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void RequireEnd(BlockingStream stream, RdbSummary summary, string name)
    {
        var rest = new byte[4096];
        while (stream.Read(rest, 0, rest.Length) > 0)
        {
            // To the end, so that whoever taps the stream has seen all of it.
        }

        if (stream.BytesRead != summary.Bytes)
        {
            throw new RdbCorruptException(name, summary.Bytes, database: 0, rdbKey: null, $"{stream.BytesRead - summary.Bytes} bytes follow its end.");
        }
    }
}
