using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Goes through the keys of one database of one server, as SCAN gives them.</summary>
internal static class KeyScan
{
    // Keys in one answer, about: the server is held up for well below a millisecond each time.
    private const int Count = 1000;

    /// <summary>Asks for all keys. A key can come twice; one that is there from the beginning to the end comes at least once.</summary>
    /// <param name="pipeline">To the server, in the database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async IAsyncEnumerable<IReadOnlyList<RespValue>> ReadAsync(
        RedisPipeline pipeline, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> cursor = "0"u8.ToArray();
        do
        {
            var reply = (await pipeline.CallManyAsync([RespCommand.Of("SCAN", cursor, "COUNT", Count)], cancellationToken).ConfigureAwait(false))[0];
            if (reply.IsError)
            {
                throw RedisErrors.Translate(reply.Text, pipeline.Node, "SCAN");
            }

            if (reply.Items is not [{ Kind: RespKind.Bulk } next, { Kind: RespKind.Array } keys])
            {
                throw new ServerFailedException("SCAN", pipeline.Node.Endpoint.ToString(), "its answer is no cursor with keys.");
            }

            cursor = next.Bytes;
            yield return keys.Items;
        }
        while (!cursor.Span.SequenceEqual("0"u8));
    }
}
