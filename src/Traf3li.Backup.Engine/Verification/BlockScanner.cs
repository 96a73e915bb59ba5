using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>
/// Reads every block of a stored object once, front to back, and shows it, decompressed, on several threads. Unlike a restore it goes on
/// behind a damaged block.
/// </summary>
/// <param name="manifest">The block index.</param>
/// <param name="pool">Where blocks are put; two blocks a worker are in memory at a time.</param>
/// <param name="workers">How many blocks are worked on at a time.</param>
/// <param name="problems">Told where the object ends too soon.</param>
internal sealed class BlockScanner(BackupManifest manifest, BufferPool pool, int workers, ProblemList problems)
{
    /// <summary>Looks at one block, on any thread.</summary>
    /// <param name="index">Its place in the block index.</param>
    /// <param name="plain">Its bytes; empty when it is damaged. Gone when this returns.</param>
    /// <param name="damage">Why it cannot be decompressed; null when it could.</param>
    public delegate void Visitor(int index, ReadOnlyMemory<byte> plain, string? damage);

    /// <summary>Shows each block to <paramref name="visit" />. The stream stays open, behind the last block.</summary>
    public Task ScanAsync(Stream stored, Visitor visit, CancellationToken cancellationToken)
    {
        // One more than there are workers, because the one that reads waits for the store.
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers + 1, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(FetchAsync(stored, cancellationToken), options, (item, _) =>
        {
            using (item.Stored)
            {
                Show(item.Index, item.Stored, visit);
            }

            return ValueTask.CompletedTask;
        });
    }

    private async IAsyncEnumerable<(int Index, PooledBuffer Stored)> FetchAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var index = 0; index < manifest.Block.Count; index++)
        {
            var block = manifest.Block[index];
            var stored = await pool.RentAsync(block.StoredSize, cancellationToken).ConfigureAwait(false);
            var isWhole = false;
            try
            {
                stored.Length = await stream.ReadAtLeastAsync(stored.Memory[..block.StoredSize], block.StoredSize, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
                isWhole = stored.Length == block.StoredSize;
            }
            finally
            {
                if (!isWhole)
                {
                    stored.Dispose();
                }
            }

            if (!isWhole)
            {
                problems.Add($"The stored object ends inside the block that begins at its byte {block.Offset}; {manifest.Block.Count - index} of {manifest.Block.Count} blocks are not there.");
                yield break;
            }

            yield return (index, stored);
        }
    }

    private void Show(int index, PooledBuffer stored, Visitor visit)
    {
        using var plain = pool.Rent(manifest.Block[index].Size);
        plain.Length = manifest.Block[index].Size;
        string? damage = null;
        try
        {
            BlockDecompressor.Decompress(manifest.Compression, stored.Used.Span, plain.Memory.Span[..plain.Length]);
        }
        catch (InvalidDataException error)
        {
            damage = error.Message;
        }

        visit(index, damage is null ? plain.Used : default, damage);
    }
}
