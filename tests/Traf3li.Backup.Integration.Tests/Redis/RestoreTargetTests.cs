using System.Net;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>The ways that lead to a target of a restore.</summary>
public sealed class RestoreTargetTests : IDisposable
{
    private readonly RedisRoundTrip _trip = new();

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task Tls_with_a_password_and_a_client_certificate()
    {
        await using var source = await RedisRoundTrip.FilledAsync();
        var tls = new TestCertificates(_trip.Folder.Path);
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls, Password = "s3cr3t w0rd" }, TestContext.Current.CancellationToken);
        await target.RunAsync("SET extra 1");
        var backup = await _trip.BackUpAsync(source);

        var result = await _trip.RestoreAsync(backup, target.Uri, options => options with { Verify = true, NoSafetyBackup = false });

        Assert.Equal((backup.DocumentCount!.Value, 1), (result.Redis!.ComparedCount, result.Redis.Deleted.Count));
        Assert.NotNull(result.SafetyBackupKey);
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await LoggedInStateAsync(target));
        var without = target.Uri[..target.Uri.IndexOf("&cert=", StringComparison.Ordinal)];
        var error = await Assert.ThrowsAnyAsync<BackupException>(() => _trip.RestoreAsync(backup, without));
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
        await using var scratch = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls, Password = "s3cr3t w0rd" }, TestContext.Current.CancellationToken);
        Assert.Empty((await _trip.DrillAsync(backup, scratch.Uri)).Problem);
        Assert.Equal("0", await scratch.RunAsync("DBSIZE"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?preferReplica=true")]
    public async Task Of_a_sentinel_the_master_is_written_to_whatever_the_url_prefers(string preference)
    {
        await using var source = await RedisRoundTrip.FilledAsync();
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { Password = "word" });
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { Password = "word", ReplicaOf = primary.Port, Lines = ["masterauth word"] });
        await primary.RunAsync("SET extra 1");
        await replica.UntilAsync("INFO replication", "master_link_status:up");
        await using var sentinel = await RedisServer.StartAsync(new RedisServerOptions
        {
            Sentinel = true,
            Lines = [$"sentinel monitor main 127.0.0.1 {primary.Port} 1", "sentinel auth-pass main word"],
        });
        await sentinel.UntilAsync("SENTINEL replicas main", "flags\nslave\n");
        var backup = await _trip.BackUpAsync(source);

        var result = await _trip.RestoreAsync(
            backup, $"redis+sentinel://:word@127.0.0.1:{sentinel.Port}/main{preference}", options => options with { Verify = true, NoSafetyBackup = false });

        Assert.Equal($"127.0.0.1:{primary.Port}", result.Server.Host);
        Assert.NotNull(result.SafetyBackupKey);
        Assert.Equal((backup.DocumentCount!.Value, 1), (result.Redis!.ComparedCount, result.Redis.Deleted.Count));
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await LoggedInStateAsync(primary));

        // The replica has got it from its master.
        await replica.UntilAsync("EXISTS string:plain extra", "1");
    }

    [Fact]
    public async Task A_replica_is_not_chosen_for_a_plain_url_either()
    {
        await using var source = await RedisRoundTrip.FilledAsync();
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions());
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = primary.Port });
        await replica.UntilAsync("INFO replication", "master_link_status:up");

        var result = await _trip.RestoreAsync(await _trip.BackUpAsync(source), primary.Uri + "?preferReplica=true");

        Assert.Equal($"127.0.0.1:{primary.Port}", result.Server.Host);
        Assert.DoesNotContain(_trip.Reporter.Warnings, warning => warning.Contains("replica", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_unix_socket_with_a_password()
    {
        await using var source = await RedisRoundTrip.FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions { Password = "word" });
        await target.RunAsync("SET extra 1");
        var backup = await _trip.BackUpAsync(source);

        var result = await _trip.RestoreAsync(
            backup, $"redis+unix://{target.SocketPath}", options => options with { Verify = true, NoSafetyBackup = false, Credential = new NetworkCredential("", "word") });

        Assert.Equal(("unix:" + target.SocketPath, backup.DocumentCount!.Value, 1), (result.Server.Host, result.Redis!.ComparedCount, result.Redis.Deleted.Count));
        Assert.NotNull(result.SafetyBackupKey);
        Assert.Equal(await RedisRoundTrip.StateAsync(source), await LoggedInStateAsync(target));
    }

    private static async Task<IReadOnlyList<string>> LoggedInStateAsync(RedisServer server)
    {
        await server.RunAsync("ACL SETUSER default nopass");
        return await RedisRoundTrip.StateAsync(server);
    }
}
