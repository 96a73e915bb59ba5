using System.Collections.Concurrent;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Buffers of one size that are used again.</summary>
internal sealed class ChunkPool
{
    /// <summary>The size of a buffer, bytes.</summary>
    public const int ChunkSize = 8 << 20;

    private const int MostKept = 16;
    private readonly ConcurrentBag<byte[]> _free = [];

    /// <summary>Takes a buffer; its content is arbitrary.</summary>
    public byte[] Rent() => _free.TryTake(out var chunk) ? chunk : GC.AllocateUninitializedArray<byte>(ChunkSize);

    /// <summary>Gives a buffer back.</summary>
    public void Return(byte[] chunk)
    {
        if (_free.Count < MostKept)
        {
            _free.Add(chunk);
        }
    }
}
