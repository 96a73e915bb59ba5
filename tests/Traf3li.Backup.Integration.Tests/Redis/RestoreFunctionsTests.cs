using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Libraries of functions where they are not as one expects: on one primary of a cluster only, and under other names than the target's.</summary>
public sealed class RestoreFunctionsTests : IDisposable
{
    private readonly RedisRoundTrip _trip = new();

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task Libraries_that_only_some_primaries_have_come_back_and_are_replaced()
    {
        var nodes = new List<RedisServer>();
        try
        {
            for (var index = 0; index < 3; index++)
            {
                nodes.Add(await RedisServer.StartOrSkipAsync(new RedisServerOptions { Cluster = true }));
            }

            await RedisCluster.FormAsync([.. nodes]);
            await LoadAsync(nodes[1], Library("one", "f"));
            await LoadAsync(nodes[2], Library("two", "g"));
            var backup = await _trip.BackUpAsync(nodes[0]);
            await using var target = await RedisServer.StartOrSkipAsync();
            await LoadAsync(target, Library("mine", "h"));

            var result = await _trip.RestoreAsync(backup, target.Uri);

            Assert.Equal((2, 2), (backup.Manifest!.Redis!.FunctionCount, result.Redis!.FunctionCount));
            Assert.Equal(["mine"], result.Redis.DeletedFunction);
            Assert.Equal(["1", "1"], await target.RunAsync("FCALL f 0", "FCALL g 0"));

            // Back into the cluster, one of whose primaries has what the backup lacks.
            await LoadAsync(nodes[2], Library("late", "l"));
            result = await _trip.RestoreAsync(backup, nodes[0].Uri);
            Assert.Equal(["late"], result.Redis!.DeletedFunction);
            foreach (var node in nodes)
            {
                Assert.Equal(["1", "1"], await node.RunAsync("FCALL f 0", "FCALL g 0"));
            }
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_function_that_the_target_has_in_another_library_goes_with_it_unless_it_is_merged(bool merge)
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await LoadAsync(source, Library("lib_v2", "f"));
        await source.RunAsync("SET key value");
        var backup = await _trip.BackUpAsync(source);
        await using var target = await RedisServer.StartOrSkipAsync();
        await LoadAsync(target, Library("lib_v1", "f"));
        var restore = () => _trip.RestoreAsync(backup, target.Uri, options => options with { Merge = merge });

        if (merge)
        {
            Assert.Contains("already exists", (await Assert.ThrowsAsync<RestoreFailedException>(restore)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(["lib_v1"], (await restore()).Redis!.DeletedFunction);
        Assert.Contains("lib_v2", await target.RunAsync("FUNCTION LIST"), StringComparison.Ordinal);
        Assert.Equal(["1", "value"], await target.RunAsync("FCALL f 0", "GET key"));
    }

    private static string Library(string name, string function) => $"#!lua name={name}\nredis.register_function('{function}', function() return 1 end)";

    private static async Task LoadAsync(RedisServer server, string code)
    {
        using var client = await RespTestClient.ConnectAsync(server);
        client.Run("FUNCTION", "LOAD", code);
    }
}
