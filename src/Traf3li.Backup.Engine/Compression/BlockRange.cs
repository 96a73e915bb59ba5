namespace Traf3li.Backup.Engine.Compression;

/// <summary>Blocks that stand one behind the other in the stored object and are read in one go.</summary>
/// <param name="Offset">Where the first begins, bytes.</param>
/// <param name="Length">The length of all, bytes.</param>
/// <param name="First">The place of the first in the list of blocks.</param>
/// <param name="Count">How many.</param>
internal readonly record struct BlockRange(long Offset, long Length, int First, int Count)
{
    /// <summary>Merges neighbours of a list of blocks, which keeps its order.</summary>
    public static IReadOnlyList<BlockRange> Merge(IReadOnlyList<BlockManifest> blocks)
    {
        var ranges = new List<BlockRange>();
        for (var index = 0; index < blocks.Count; index++)
        {
            var block = blocks[index];
            if (ranges.Count > 0 && ranges[^1] is var last && last.Offset + last.Length == block.Offset)
            {
                ranges[^1] = last with { Length = last.Length + block.StoredSize, Count = last.Count + 1 };
            }
            else
            {
                ranges.Add(new BlockRange(block.Offset, block.StoredSize, index, 1));
            }
        }

        return ranges;
    }
}
