using System.Collections.Concurrent;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Many commands at once on a real server.</summary>
public sealed class PipelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_commands_and_a_contentargument()
    {
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Password = "word" });
        await using var pipeline = await RedisPipeline.OpenAsync(RdbCheck.Node(server.Uri) with { Database = 3 }, new RedisConnectionOptions(), TimeProvider.System, Token);
        var replies = new Counting();
        var content = new byte[30_000_000];
        new Random(3).NextBytes(content);
        await Task.Run(() =>
        {
            for (var index = 0; index < 100_000; index++)
            {
                pipeline.BeginCommand(3, replies, index);
                pipeline.Argument("SET"u8);
                pipeline.Argument(index);
                pipeline.Argument(content.AsSpan(index, 100));
            }

            pipeline.BeginCommand(3, replies, 100_000);
            pipeline.Argument("SET"u8);
            pipeline.Argument("long"u8);
            pipeline.BeginArgument(content.Length);
            for (var start = 0; start < content.Length; start += 1_000_000)
            {
                pipeline.Piece(content.AsSpan(start, 1_000_000));
            }

            pipeline.BeginCommand(2, replies, 100_001);
            pipeline.Argument("LPUSH"u8);
            pipeline.Argument("wrong"u8);
            pipeline.Drain();
        }, Token);
        Assert.Equal(100_001, replies.Good);
        Assert.Equal("100001 ERR wrong number of arguments for 'lpush' command", Assert.Single(replies.Errors));
        var several = await pipeline.CallManyAsync(
            [RespCommand.Of("DBSIZE"), RespCommand.Of("GET", 99_999), RespCommand.Of("GET", "absent"), RespCommand.Of("LPUSH", "long", "x"), RespCommand.Of("GET", "long")], Token);
        Assert.Equal(100_001, several[0].Integer);
        Assert.Equal(content.AsSpan(99_999, 100).ToArray(), several[1].Bytes);
        Assert.Equal((RespKind.Null, true), (several[2].Kind, several[3].IsError));
        Assert.Equal((RespKind.Omitted, 30_000_000L), (several[4].Kind, several[4].Integer));
        using var copy = new MemoryStream();
        Assert.Equal(content.Length, await pipeline.CopyBulkAsync(RespCommand.Of("GET", "long"u8.ToArray()), copy, Token));
        Assert.Equal(content, copy.ToArray());
        await pipeline.DrainAsync(Token);
    }

    [Fact]
    public async Task An_argument_that_is_too_contentfor_the_server_is_its_reason()
    {
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["proto-max-bulk-len 1mb"] });
        await using var pipeline = await RedisPipeline.OpenAsync(RdbCheck.Node(server.Uri), new RedisConnectionOptions(), TimeProvider.System, Token);
        var replies = new Counting();
        await Assert.ThrowsAsync<ServerUnreachableException>(() => Task.Run(() =>
        {
            pipeline.BeginCommand(3, replies);
            pipeline.Argument("SET"u8);
            pipeline.Argument("long"u8);
            pipeline.BeginArgument(100 << 20);
            for (var left = 100; left > 0; left--)
            {
                pipeline.Piece(new byte[1 << 20]);
            }

            pipeline.Drain();
        }, Token));
    }

    [Fact]
    public async Task A_server_that_dies_ends_it()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await using var pipeline = await RedisPipeline.OpenAsync(RdbCheck.Node(server.Uri), new RedisConnectionOptions(), TimeProvider.System, Token);
        using var client = await RespTestClient.ConnectAsync(server);
        var waiting = pipeline.CallManyAsync([RespCommand.Of("BLPOP", "never", 0)], Token);
        await server.UntilAsync("CLIENT LIST", "cmd=blpop");
        await server.KillAsync();
        await Assert.ThrowsAsync<ServerUnreachableException>(() => waiting);
    }

    private sealed class Counting : IRespHandler
    {
        private readonly ConcurrentQueue<string> _errors = new();
        private int _good;

        public int Good => _good;

        public IEnumerable<string> Errors => _errors;

        public void OnReply(long tag, RespValue reply)
        {
            if (reply.IsError)
            {
                _errors.Enqueue($"{tag} {reply.Text}");
            }
            else
            {
                _good++;
            }
        }
    }
}
