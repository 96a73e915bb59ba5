using System.Diagnostics;
using CsCheck;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Tests.Compression;

public sealed class ParallelBlocksTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    public async Task What_is_written_reads_back_in_order(CompressionMethod method)
    {
        var (stored, blocks, plain) = await WriteAsync(method, count: 40);
        Assert.Equal(stored.Length, blocks.Sum(block => (long)block.StoredSize));
        var index = 0;
        await foreach (var block in Reader(stored, method, blocks).ReadAsync(CancellationToken.None))
        {
            using (block)
            {
                Assert.Equal(index, block.Index);
                Assert.Equal(plain[index++], block.Memory.ToArray());
            }
        }

        Assert.Equal(40, index);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Some_blocks_are_read_alone_and_neighbours_in_one_go()
    {
        var (stored, blocks, plain) = await WriteAsync(CompressionMethod.Gzip, count: 20);
        BlockManifest[] wanted = [blocks[3], blocks[4], blocks[5], blocks[9], blocks[17], blocks[18]];
        var opened = new List<(long, long)>();
        var reader = new ParallelBlockReader("key", CompressionMethod.Gzip, wanted, (offset, length, _) =>
        {
            opened.Add((offset, length));
            return Task.FromResult<Stream>(new MemoryStream(stored, (int)offset, (int)length));
        }, _pool, workers: 3, ordered: false);
        var seen = new SortedSet<int>();
        await foreach (var block in reader.ReadAsync(CancellationToken.None))
        {
            using (block)
            {
                seen.Add(block.Index);
                Assert.Equal(plain[blocks.ToList().IndexOf(block.Block)], block.Memory.ToArray());
            }
        }

        Assert.Equal(6, seen.Count);
        Assert.Equal(3, opened.Count);
        Assert.Equal(wanted.Sum(block => (long)block.StoredSize), opened.Sum(range => range.Item2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_block_is_named_by_its_offset(bool ordered)
    {
        var (stored, blocks, _) = await WriteAsync(CompressionMethod.Zstd, count: 10);
        stored[blocks[6].Offset + (blocks[6].StoredSize / 2)] ^= 0x55;
        var error = await Assert.ThrowsAsync<ArchiveCorruptException>(() => DrainAsync(Reader(stored, CompressionMethod.Zstd, blocks, ordered)));
        Assert.Equal(blocks[6].Offset, error.Offset);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task An_object_that_ends_too_soon_is_an_error()
    {
        var (stored, blocks, _) = await WriteAsync(CompressionMethod.Gzip, count: 5);
        await Assert.ThrowsAsync<ArchiveCorruptException>(() => DrainAsync(Reader(stored[..^5], CompressionMethod.Gzip, blocks)));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Sizes_that_no_block_has_are_refused() => Assert.Throws<ManifestCorruptException>(() =>
        new ParallelBlockReader("key", CompressionMethod.Gzip, [new BlockManifest { NamespaceIndex = 0, Offset = 0, StoredSize = 10, Size = int.MaxValue }], (_, _, _) => Task.FromResult(Stream.Null), _pool, workers: 1));

    [Fact]
    public async Task Leaving_the_loop_gives_everything_back()
    {
        var (stored, blocks, _) = await WriteAsync(CompressionMethod.Gzip, count: 30);
        await foreach (var block in Reader(stored, CompressionMethod.Gzip, blocks).ReadAsync(CancellationToken.None))
        {
            block.Dispose();
            break;
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_failing_sink_stops_the_producers()
    {
        var failing = new InvalidOperationException("sink");
        await using var writer = new ParallelBlockWriter(CompressionMethod.Gzip, null, 2, _pool, (_, _) => throw failing, CancellationToken.None);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (true)
            {
                await writer.WriteAsync(Buffer(new byte[10]), 0, onWorker: null, CancellationToken.None);
            }
        });
        Assert.Same(failing, error);
        Assert.Same(failing, await Assert.ThrowsAsync<InvalidOperationException>(writer.CompleteAsync));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_failing_action_comes_out_of_completion()
    {
        await using var writer = new ParallelBlockWriter(CompressionMethod.Zstd, null, 2, _pool, (_, _) => ValueTask.CompletedTask, CancellationToken.None);
        await writer.WriteAsync(Buffer([1]), 0, _ => throw new InvalidDataException("action"), CancellationToken.None);
        await Assert.ThrowsAsync<InvalidDataException>(writer.CompleteAsync);
    }

    [Fact]
    public async Task Cancellation_ends_a_write_that_waits_for_a_stuck_sink()
    {
        using var cancel = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        await using var writer = new ParallelBlockWriter(CompressionMethod.None, null, 1, _pool, async (_, token) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        }, cancel.Token);
        var producing = Task.Run(async () =>
        {
            while (true)
            {
                await writer.WriteAsync(Buffer([1, 2, 3]), 0, onWorker: null, cancel.Token);
            }
        });
        await entered.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(writer.CompleteAsync);
        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(CompressionMethod.Gzip, 0)]
    [InlineData(CompressionMethod.Gzip, 10)]
    [InlineData(CompressionMethod.Zstd, 20)]
    [InlineData(CompressionMethod.None, 3)]
    public void Levels_that_do_not_exist_are_refused(CompressionMethod method, int level) =>
        Assert.Throws<ConfigurationInvalidException>(() => BlockCompression.Create(method, level));

    [Fact]
    public void Blocks_of_any_content_and_level_decompress() => Gen.Select(Gen.Byte.Array[0, 200_000], Gen.Int[1, 9], Gen.Bool.Select(zstd => zstd ? CompressionMethod.Zstd : CompressionMethod.Gzip)).Sample((content, level, method) =>
    {
        using var compressor = BlockCompression.Create(method, level);
        using var block = _pool.Rent(content.Length);
        block.Append(content);
        using var stored = compressor.Compress(block, _pool, CancellationToken.None);
        var plain = new byte[content.Length];
        BlockDecompressor.Decompress(method, stored.Used.Span, plain);
        Assert.Equal(content, plain);
        Assert.Throws<InvalidDataException>(() => BlockDecompressor.Decompress(method, stored.Used.Span, new byte[content.Length + 1]));
        if (content.Length > 0)
        {
            Assert.Throws<InvalidDataException>(() => BlockDecompressor.Decompress(method, stored.Used.Span, new byte[content.Length - 1]));
        }

        Assert.Throws<InvalidDataException>(() => BlockDecompressor.Decompress(method, stored.Used.Span[..^1], plain));
    }, iter: 60);

    [Theory]
    [InlineData(CompressionMethod.Gzip, "gunzip", "-c")]
    [InlineData(CompressionMethod.Zstd, "zstd", "-dc")]
    public async Task Stock_tools_read_the_blocks(CompressionMethod method, string tool, string argument)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool))), $"{tool} is not installed.");
        var (stored, _, plain) = await WriteAsync(method, count: 6);
        using var process = Process.Start(new ProcessStartInfo(tool, argument) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var writing = Task.Run(async () =>
        {
            await process.StandardInput.BaseStream.WriteAsync(stored);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await writing;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(plain.SelectMany(block => block), output.ToArray());
    }

    private static async Task DrainAsync(ParallelBlockReader reader)
    {
        await foreach (var block in reader.ReadAsync(CancellationToken.None))
        {
            block.Dispose();
        }
    }

    private ParallelBlockReader Reader(byte[] stored, CompressionMethod method, IReadOnlyList<BlockManifest> blocks, bool ordered = true) => new(
        "key",
        method,
        blocks,
        (offset, length, _) => Task.FromResult<Stream>(new MemoryStream(stored, (int)offset, (int)Math.Min(length, stored.Length - offset))),
        _pool,
        workers: 3,
        ordered);

    private PooledBuffer Buffer(byte[] content)
    {
        var buffer = _pool.Rent(content.Length);
        buffer.Append(content);
        return buffer;
    }

    private async Task<(byte[] Stored, IReadOnlyList<BlockManifest> Blocks, List<byte[]> Plain)> WriteAsync(CompressionMethod method, int count)
    {
        var random = new Random(7);
        using var stored = new MemoryStream();
        var plain = new List<byte[]>();
        var seen = 0;
        await using var writer = new ParallelBlockWriter(method, null, 3, _pool, async (block, token) =>
        {
            Assert.Equal(stored.Length, block.Block.Offset);
            await stored.WriteAsync(block.Stored, token);
        }, CancellationToken.None);
        for (var index = 0; index < count; index++)
        {
            var content = new byte[random.Next(1, 300_000)];
            random.NextBytes(content.AsSpan(0, content.Length / 3));
            plain.Add(content);
            await writer.WriteAsync(Buffer(content), index, _ => Interlocked.Increment(ref seen), CancellationToken.None);
        }

        var blocks = await writer.CompleteAsync();
        Assert.Equal(count, seen);
        Assert.Equal(Enumerable.Range(0, count), blocks.Select(block => block.NamespaceIndex));
        return (stored.ToArray(), blocks, plain);
    }
}
