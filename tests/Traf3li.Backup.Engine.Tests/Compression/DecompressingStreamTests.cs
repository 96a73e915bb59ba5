using System.IO.Compression;
using CsCheck;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Tests.Compression;

public sealed class DecompressingStreamTests
{
    private static readonly Gen<byte[]> Content = Gen.OneOf(
        Gen.Byte.Array[0, 40],
        Gen.Select(Gen.Int[0, 70000], Gen.Byte, (length, value) => Enumerable.Repeat(value, length).ToArray()),
        Gen.Byte.Array[0, 30000]);

    [Fact]
    public Task Members_and_frames_read_as_one() => Gen.Select(Content.Array[1, 6], Gen.Bool.Select(zstd => zstd ? CompressionMethod.Zstd : CompressionMethod.Gzip)).SampleAsync(async (parts, method) =>
    {
        var stored = Compress(parts, method);
        Assert.Equal(parts.SelectMany(part => part), await ReadAsync(stored));
    }, iter: 100);

    [Fact]
    public async Task Many_empty_and_equal_members_read()
    {
        byte[][] parts = [.. Enumerable.Repeat(Array.Empty<byte>(), 50), .. Enumerable.Repeat("same"u8.ToArray(), 5000)];
        Assert.Equal(parts.SelectMany(part => part), await ReadAsync(Compress(parts, CompressionMethod.Gzip)));
    }

    [Theory]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    public async Task Every_cut_off_file_is_an_error(CompressionMethod method)
    {
        byte[] content = [.. Enumerable.Range(0, 900).Select(value => (byte)(value * value / 7))];
        var member = Compress([content], method);
        var stored = Compress([content, content], method);
        for (var length = 5; length < stored.Length; length++)
        {
            if (length == member.Length)
            {
                continue;
            }

            var error = await Assert.ThrowsAsync<ArchiveCorruptException>(() => ReadAsync(stored[..length]));
            Assert.Equal("test", error.Archive);
        }
    }

    [Theory]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    public async Task Bytes_behind_the_end_are_an_error(CompressionMethod method)
    {
        var stored = Compress(["some content"u8.ToArray()], method);
        await Assert.ThrowsAsync<ArchiveCorruptException>(() => ReadAsync([.. stored, 1, 2, 3, 4]));
        await Assert.ThrowsAsync<ArchiveCorruptException>(() => ReadAsync([.. stored, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public async Task Flipped_bytes_never_give_other_content()
    {
        byte[] content = [.. Enumerable.Range(0, 300).Select(value => (byte)(value * 13))];
        var stored = Compress([content], CompressionMethod.Gzip);
        for (var index = 3; index < stored.Length; index++)
        {
            var flipped = stored.ToArray();
            flipped[index] ^= 0x10;
            try
            {
                Assert.Equal(content, await ReadAsync(flipped));
            }
            catch (ArchiveCorruptException)
            {
            }
        }
    }

    [Fact]
    public async Task A_header_with_name_and_extra_field_reads()
    {
        var plain = Compress(["named"u8.ToArray()], CompressionMethod.Gzip);
        byte[] stored = [0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, (byte)'n', 0, (byte)'c', 0, 9, 9, .. plain[10..]];
        Assert.Equal("named"u8.ToArray(), await ReadAsync(stored));
    }

    [Fact]
    public async Task Plain_bytes_pass_and_every_buffer_comes_back()
    {
        var pool = new BufferPool();
        byte[] content = [.. Enumerable.Range(0, 5_000_000).Select(value => (byte)value)];
        Assert.Equal(content, await ReadAsync(content, pool));
        Assert.Equal(0, pool.Rented);
    }

    private static byte[] Compress(byte[][] parts, CompressionMethod method)
    {
        using var compressor = BlockCompression.Create(method, level: null);
        var pool = new BufferPool();
        using var stored = new MemoryStream();
        foreach (var part in parts)
        {
            using var plain = pool.Rent(part.Length);
            plain.Append(part);
            using var block = compressor.Compress(plain, pool, CancellationToken.None);
            stored.Write(block.Used.Span);
        }

        return stored.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] stored, BufferPool? pool = null)
    {
        await using var stream = await DecompressingStream.OpenAsync(new MemoryStream(stored), "test", pool ?? new BufferPool(), CancellationToken.None);
        using var plain = new MemoryStream();
        await stream.CopyToAsync(plain);
        return plain.ToArray();
    }
}
