using System.Buffers;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Tests.Streams;

public sealed class BlockPipeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_is_read_and_a_slow_reader_holds_the_writer_back()
    {
        var bytes = new byte[10_000_000];
        new Random(1).NextBytes(bytes);
        var pipe = new BlockPipe();
        var written = 0;
        var writing = Task.Run(
            async () =>
            {
                foreach (var piece in bytes.Chunk(70_001))
                {
                    pipe.Write(piece);
                    written += piece.Length;
                    await pipe.FlushAsync(Token);
                }

                await pipe.CompleteAsync(Token);
            },
            Token);
        using var read = new MemoryStream();
        var buffer = new byte[50_000];
        for (var count = await pipe.Output.ReadAsync(buffer, Token); count > 0; count = await pipe.Output.ReadAsync(buffer, Token))
        {
            read.Write(buffer, 0, count);
            Assert.InRange(Volatile.Read(ref written) - read.Length, -buffer.Length, 3_000_000);
        }

        await writing;
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task The_writers_error_comes_behind_what_was_passed_on()
    {
        var pipe = new BlockPipe();
        pipe.Write(new byte[300_000]);
        await pipe.FlushAsync(Token);
        pipe.Fail(new InvalidDataException("no more"));
        using var read = new MemoryStream();
        Assert.Equal("no more", (await Assert.ThrowsAsync<InvalidDataException>(() => pipe.Output.CopyToAsync(read, Token))).Message);
        Assert.NotEqual(0, read.Length);
    }

    [Fact]
    public async Task Whoever_waits_for_a_reader_or_a_writer_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        var pipe = new BlockPipe();
        var reading = pipe.Output.ReadAsync(new byte[1], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        using var second = new CancellationTokenSource();
        pipe.Write(new byte[10_000_000]);
        var flushing = pipe.FlushAsync(second.Token).AsTask();
        Assert.False(flushing.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing);
    }
}
