using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.IO.Hashing;
using ZstdSharp;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>Decompresses blocks of known size. Any number of threads may use it.</summary>
internal static class BlockDecompressor
{
    private static readonly ConcurrentBag<Decompressor> Idle = [];

    /// <summary>Fills <paramref name="destination" /> with what <paramref name="stored" /> holds, which must be exactly as long.</summary>
    /// <exception cref="InvalidDataException">The block is damaged, cut off, or of another size. The caller knows which block it is.</exception>
    public static void Decompress(CompressionMethod method, ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        switch (method)
        {
            case CompressionMethod.None:
                if (stored.Length != destination.Length)
                {
                    throw new InvalidDataException($"it has {stored.Length} bytes instead of {destination.Length}.");
                }

                stored.CopyTo(destination);
                break;
            case CompressionMethod.Gzip:
                DecompressGzip(stored, destination);
                break;
            case CompressionMethod.Zstd:
                DecompressZstd(stored, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(method), method, message: null);
        }
    }

    private static unsafe void DecompressGzip(ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        var header = GzipMember.MeasureHeader(stored);
        if (header <= 0 || stored.Length < header + GzipMember.TrailerSize)
        {
            throw new InvalidDataException("it is no gzip member.");
        }

        var trailer = BinaryPrimitives.ReadUInt64LittleEndian(stored[^GzipMember.TrailerSize..]);
        fixed (byte* data = stored)
        {
            using var memory = new UnmanagedMemoryStream(data + header, stored.Length - header - GzipMember.TrailerSize);
            using var inflate = new DeflateStream(memory, CompressionMode.Decompress);
            var read = inflate.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            Span<byte> more = stackalloc byte[1];
            if (read != destination.Length || inflate.Read(more) != 0)
            {
                throw new InvalidDataException($"it does not decompress to {destination.Length} bytes.");
            }
        }

        if (GzipMember.Trailer(Crc32.HashToUInt32(destination), destination.Length) != trailer)
        {
            throw new InvalidDataException("its gzip checksum does not match.");
        }
    }

    private static void DecompressZstd(ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        if (!Idle.TryTake(out var decompressor))
        {
            decompressor = new Decompressor();
        }

        try
        {
            var size = decompressor.Unwrap(stored, destination);
            if (size != destination.Length)
            {
                throw new InvalidDataException($"it decompresses to {size} bytes instead of {destination.Length}.");
            }
        }
        catch (ZstdException error)
        {
            throw new InvalidDataException($"it is damaged: {error.Message}.", error);
        }
        finally
        {
            if (Idle.Count < 2 * Environment.ProcessorCount)
            {
                Idle.Add(decompressor);
            }
            else
            {
                decompressor.Dispose();
            }
        }
    }
}
