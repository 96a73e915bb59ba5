using System.Security.Cryptography;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>A part of an object in memory: chunks, filled front to back.</summary>
/// <param name="number">Its number, from 1.</param>
internal sealed class UploadPart(int number)
{
    private readonly List<byte[]> _chunks = [];

    /// <summary>Its number, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The bytes in it.</summary>
    public long Length { get; private set; }

    /// <summary>The chunks that it holds.</summary>
    public int ChunkCount => _chunks.Count;

    /// <summary>Whether the next byte needs another chunk.</summary>
    public bool NeedsChunk => Length == (long)_chunks.Count * ChunkPool.ChunkSize;

    /// <summary>Whether it has the size that its number asks for.</summary>
    public bool IsFull => Length == PartSizes.Of(Number);

    /// <summary>Adds an empty chunk.</summary>
    public void AddChunk(byte[] chunk) => _chunks.Add(chunk);

    /// <summary>Copies as much as the last chunk takes; returns how much.</summary>
    public int Fill(ReadOnlySpan<byte> data)
    {
        var used = (int)(Length - ((long)(_chunks.Count - 1) * ChunkPool.ChunkSize));
        var count = Math.Min(data.Length, ChunkPool.ChunkSize - used);
        data[..count].CopyTo(_chunks[^1].AsSpan(used));
        Length += count;
        return count;
    }

    /// <summary>The MD5 of the bytes, which S3 gives back as the ETag of unencrypted parts.</summary>
    public byte[] ComputeMd5()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var index = 0; index < _chunks.Count; index++)
        {
            hash.AppendData(Filled(index).Span);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>A new stream over the bytes; one an attempt.</summary>
    public Stream OpenStream() => new ChunkStream([.. Enumerable.Range(0, _chunks.Count).Select(Filled)], Length);

    /// <summary>Gives the chunks back.</summary>
    public void Release(ChunkPool pool)
    {
        _chunks.ForEach(pool.Return);
        _chunks.Clear();
        Length = 0;
    }

    private ReadOnlyMemory<byte> Filled(int index) =>
        _chunks[index].AsMemory(0, (int)Math.Min(ChunkPool.ChunkSize, Length - ((long)index * ChunkPool.ChunkSize)));
}
