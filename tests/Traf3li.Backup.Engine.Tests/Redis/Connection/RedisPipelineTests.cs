using System.Collections.Concurrent;
using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

/// <summary>What servers do that real ones do not do on demand.</summary>
public class RedisPipelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_come_in_the_order_of_the_commands()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", "+OK\r\n");
        server.Answer("INCR", ":7\r\n");
        server.Answer("DEL", "-ERR no\r\n");
        await using var pipeline = await OpenAsync(server);
        var replies = new Replies();
        pipeline.Cancellation = Token;
        await Task.Run(() =>
        {
            foreach (var (word, tag) in new[] { ("SET", 1), ("INCR", 2), ("DEL", 3), ("SET", 4) })
            {
                Append(pipeline, replies, tag, word, "key");
            }

            pipeline.Drain();
        }, Token);
        Assert.Equal(["1 OK", "2 7", "3 ERR no", "4 OK"], replies.Got);
        Assert.Equal(["SET key", "INCR key", "DEL key", "SET key"], server.Commands);
    }

    [Fact]
    public async Task A_full_pipeline_waits_for_answers_and_sends_what_it_waits_for()
    {
        await using var server = new FakeRedis();
        var answer = new TaskCompletionSource();
        server.Answer("SET", async (stream, token) =>
        {
            await answer.Task.WaitAsync(token);
            await stream.WriteAsync("+OK\r\n"u8.ToArray(), token);
        });
        await using var pipeline = await OpenAsync(server, new RedisConnectionOptions { MostUnansweredCommands = 4 });
        var replies = new Replies();
        var begun = 0;
        var writing = Task.Run(() =>
        {
            for (var index = 0; index < 10; index++)
            {
                Append(pipeline, replies, index, "SET", "key");
                Interlocked.Increment(ref begun);
            }

            pipeline.Drain();
        }, Token);
        await UntilAsync(() => server.Commands.Any());
        Assert.Equal(4, Volatile.Read(ref begun));
        Assert.False(writing.IsCompleted);
        answer.SetResult();
        await writing;
        Assert.Equal(10, replies.Got.Count());
    }

    [Fact]
    public async Task Bytes_hold_back_too()
    {
        await using var server = new FakeRedis();
        var answer = new TaskCompletionSource();
        server.Answer("SET", async (stream, token) =>
        {
            await answer.Task.WaitAsync(token);
            await stream.WriteAsync("+OK\r\n"u8.ToArray(), token);
        });
        await using var pipeline = await OpenAsync(server, new RedisConnectionOptions { MostUnansweredBytes = 1000 });
        var replies = new Replies();
        var begun = 0;
        var writing = Task.Run(() =>
        {
            for (var index = 0; index < 9; index++)
            {
                Append(pipeline, replies, index, "SET", new string('x', 400));
                Interlocked.Increment(ref begun);
            }

            pipeline.Drain();
        }, Token);
        await UntilAsync(() => server.Commands.Any());
        Assert.Equal(3, Volatile.Read(ref begun));
        answer.SetResult();
        await writing;
        Assert.Equal(9, replies.Got.Count());
    }

    [Fact]
    public async Task Cancellation_ends_a_wait()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", (_, token) => Task.Delay(Timeout.Infinite, token));
        await using var pipeline = await OpenAsync(server);
        using var cancellation = new CancellationTokenSource();
        pipeline.Cancellation = cancellation.Token;
        var writing = Task.Run(() =>
        {
            Append(pipeline, new Replies(), 0, "SET", "key");
            pipeline.Drain();
        }, Token);
        await UntilAsync(() => server.Commands.Any());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    [Fact]
    public async Task Cancellation_ends_the_writing_of_a_long_argument_that_the_server_does_not_read()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", (_, token) => Task.Delay(Timeout.Infinite, token));
        await using var pipeline = await OpenAsync(server);
        using var cancellation = new CancellationTokenSource();
        pipeline.Cancellation = cancellation.Token;
        var replies = new Replies();
        var written = 0;
        var writing = Task.Run(() =>
        {
            Append(pipeline, replies, 0, "SET", "key");
            pipeline.BeginCommand(2, replies);
            pipeline.Argument("GET"u8);
            pipeline.BeginArgument(1L << 40);
            while (true)
            {
                pipeline.Piece(new byte[1 << 20]);
                Interlocked.Increment(ref written);
            }
        }, Token);
        await UntilAsync(() => server.Commands.Any());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.InRange(written, 0, 64);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", (_, token) => Task.Delay(Timeout.Infinite, token));
        await using var pipeline = await OpenAsync(server, new RedisConnectionOptions { AnswerTimeout = TimeSpan.FromMilliseconds(100) });
        var replies = new Replies();
        await Assert.ThrowsAsync<OperationTimedOutException>(() => pipeline.CallManyAsync([RespCommand.Of("SET", "key")], Token));
        await Assert.ThrowsAsync<OperationTimedOutException>(() => Task.Run(() => Append(pipeline, replies, 0, "SET", "key"), Token));
    }

    [Fact]
    public async Task Who_sends_nothing_waits_for_no_answer()
    {
        await using var server = new FakeRedis();
        var limit = TimeSpan.FromMilliseconds(50);
        await using var pipeline = await OpenAsync(server, new RedisConnectionOptions { AnswerTimeout = limit });
        Append(pipeline, new Replies(), 0, "PING");
        await Task.Delay(4 * limit, Token);
        Assert.Equal("PONG", (await pipeline.CallManyAsync([RespCommand.Of("PING")], Token))[0].Text);
    }

    [Fact]
    public async Task A_server_that_closes_in_the_middle_is_unreachable()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", "+OK\r\n");
        server.Answer("QUIT", (_, _) => FakeRedis.CloseAsync());
        await using var pipeline = await OpenAsync(server);
        var replies = new Replies();
        var lost = await Assert.ThrowsAsync<ServerUnreachableException>(() => Task.Run(() =>
        {
            Append(pipeline, replies, 1, "SET", "key");
            Append(pipeline, replies, 2, "QUIT");
            pipeline.Drain();
        }, Token));
        Assert.Contains("closed", lost.Message, StringComparison.Ordinal);
        Assert.Equal(["1 OK"], replies.Got);
        await Assert.ThrowsAsync<ServerUnreachableException>(() => pipeline.DrainAsync(Token));
    }

    [Fact]
    public async Task What_a_server_says_before_it_closes_is_the_reason()
    {
        await using var server = new FakeRedis { Greeting = "-ERR max number of clients reached\r\n" };
        await using var pipeline = await OpenAsync(server);
        var lost = await Assert.ThrowsAsync<ServerUnreachableException>(async () =>
        {
            while (true)
            {
                await pipeline.DrainAsync(Token);
                await Task.Delay(5, Token);
            }
        });
        Assert.Contains("max number of clients", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_handler_throws_ends_the_pipeline()
    {
        await using var server = new FakeRedis();
        server.Answer("SET", "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
        await using var pipeline = await OpenAsync(server);
        var full = await Assert.ThrowsAsync<ServerFailedException>(() => Task.Run(() =>
        {
            Append(pipeline, new Throwing(pipeline.Node), 0, "SET", "key");
            pipeline.Drain();
        }, Token));
        Assert.Contains("maxmemory", full.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?what\r\n")]
    [InlineData("$9999999999\r\n")]
    [InlineData(":notanumber\r\n")]
    public async Task Rubbish_ends_the_pipeline(string rubbish)
    {
        await using var server = new FakeRedis();
        server.Answer("SET", rubbish);
        await using var pipeline = await OpenAsync(server);
        await Assert.ThrowsAsync<ServerUnreachableException>(() => Task.Run(() =>
        {
            Append(pipeline, new Replies(), 0, "SET", "key");
            pipeline.Drain();
        }, Token));
    }

    [Fact]
    public async Task Replies_that_do_not_fit_are_passed_over()
    {
        await using var server = new FakeRedis();
        server.Answer("DUMP", $"$5000\r\n{new string('x', 5000)}\r\n");
        server.Answer("GET", "$5\r\nshort\r\n");
        server.Answer("SCAN", $"*2\r\n$1\r\n0\r\n*2\r\n$4000\r\n{new string('k', 4000)}\r\n$1\r\na\r\n");
        server.Answer("DEL", "-ERR no\r\n");
        await using var pipeline = await OpenAsync(server, new RedisConnectionOptions { LargestReply = 3000 });
        var replies = await pipeline.CallManyAsync(
            [RespCommand.Of("GET", "a"), RespCommand.Of("DUMP", "b"), RespCommand.Of("SCAN", 0), RespCommand.Of("DEL", "b"), RespCommand.Of("GET", "c"u8.ToArray())], Token);
        Assert.Equal([RespKind.Bulk, RespKind.Omitted, RespKind.Array, RespKind.Error, RespKind.Bulk], replies.Select(reply => reply.Kind));
        Assert.Equal(5000, replies[1].Integer);
        Assert.Equal([RespKind.Omitted, RespKind.Bulk], replies[2].Items[1].Items.Select(reply => reply.Kind));
        Assert.Equal("short", replies[4].Text);
    }

    [Fact]
    public async Task A_long_string_is_copied_in_pieces()
    {
        await using var server = new FakeRedis();
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        server.Answer("DUMP", async (stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"${content.Length}\r\n"), token);
            await stream.WriteAsync(content, token);
            await stream.WriteAsync("\r\n"u8.ToArray(), token);
        });
        server.Answer("GET", "$-1\r\n");
        server.Answer("SET", "-NOPERM this user has no permissions to run the 'set' command\r\n");
        await using var pipeline = await OpenAsync(server);
        using var copy = new MemoryStream();
        Assert.Equal(content.Length, await pipeline.CopyBulkAsync(RespCommand.Of("DUMP", "key"), copy, Token));
        Assert.Equal(content, copy.ToArray());
        Assert.Null(await pipeline.CopyBulkAsync(RespCommand.Of("GET", "key"), copy, Token));
        var refused = await Assert.ThrowsAsync<NotAuthorizedException>(() => pipeline.CopyBulkAsync(RespCommand.Of("SET", "key"), copy, Token));
        Assert.Contains("+set", refused.Recommendation, StringComparison.Ordinal);
        Assert.Equal("PONG", (await pipeline.CallManyAsync([RespCommand.Of("PING")], Token))[0].Text);
    }

    [Fact]
    public async Task A_destination_that_fails_ends_the_pipeline()
    {
        await using var server = new FakeRedis();
        server.Answer("DUMP", "$5\r\nshort\r\n");
        await using var pipeline = await OpenAsync(server);
        using var full = new MemoryStream([], writable: true);
        await Assert.ThrowsAsync<NotSupportedException>(() => pipeline.CopyBulkAsync(RespCommand.Of("DUMP", "key"), full, Token));
    }

    [Fact]
    public async Task A_command_is_written_whole_or_not_at_all()
    {
        await using var server = new FakeRedis();
        await using var pipeline = await OpenAsync(server);
        var replies = new Replies();
        pipeline.BeginCommand(2, replies);
        Assert.Throws<InvalidOperationException>(() => pipeline.BeginCommand(1, replies));
        pipeline.BeginArgument(3);
        Assert.Throws<InvalidOperationException>(() => pipeline.Argument("x"u8));
        Assert.Throws<InvalidOperationException>(() => pipeline.Piece("long"u8));
    }

    private static Task<RedisPipeline> OpenAsync(FakeRedis server, RedisConnectionOptions? options = null) =>
        RedisPipeline.OpenAsync(server.Node, options ?? new RedisConnectionOptions(), TimeProvider.System, Token);

    private static void Append(RedisPipeline pipeline, IRespHandler handler, long tag, params string[] words)
    {
        pipeline.BeginCommand(words.Length, handler, tag);
        foreach (var word in words)
        {
            pipeline.Argument(Encoding.Latin1.GetBytes(word));
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, Token);
        }
    }

    private sealed class Replies : IRespHandler
    {
        private readonly ConcurrentQueue<string> _got = new();

        public IEnumerable<string> Got => _got;

        public void OnReply(long tag, RespValue reply) => _got.Enqueue($"{tag} {reply.Text}");
    }

    private sealed class Throwing(RedisNode node) : IRespHandler
    {
        public void OnReply(long tag, RespValue reply) => throw RedisErrors.Translate(reply.Text, node, "SET");
    }
}
