using System.Net;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Logins, rights and TLS with a real server.</summary>
public sealed class ConnectionTests
{
    private const string LeastRights = "+psync +sync +replconf +ping +info +role +auth +hello";

    [Fact]
    public async Task A_password()
    {
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Password = "a word: @/" });
        await server.FillAsync(10, 10);
        await using var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri));
        Assert.Equal(10, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));

        var none = await Assert.ThrowsAsync<AuthenticationFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"redis://127.0.0.1:{server.Port}")));
        Assert.Contains("none was given", none.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<AuthenticationFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"redis://:hidden@127.0.0.1:{server.Port}")));
        Assert.DoesNotContain("hidden", wrong.ToString(), StringComparison.Ordinal);
        var target = RedisUri.Parse($"redis://:hidden@127.0.0.1:{server.Port}", new NetworkCredential("default", "a word: @/"));
        await using var again = await RdbCheck.OpenAsync(target.Node(target.Endpoints[0]));
    }

    [Fact]
    public async Task A_password_where_none_is_set()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        var error = await Assert.ThrowsAsync<AuthenticationFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"redis://:hidden@127.0.0.1:{server.Port}")));
        Assert.Contains("without any password configured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_least_rights_are_enough_and_a_missing_one_is_named()
    {
        string[] users =
        [
            "user default on nopass ~* &* +@all",
            $"user backup on >word -@all {LeastRights}",
            .. LeastRights.Split(' ').Select(right => $"user without{right[1..]} on >word -@all {LeastRights.Replace(right, "", StringComparison.Ordinal)}"),
        ];
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { AclLines = users });
        await server.FillAsync(10, 10);
        await using (var snapshot = await RdbCheck.OpenAsync(Node("backup")))
        {
            Assert.Matches("^[0-9]+[.][0-9]+", snapshot.ServerVersion);
            Assert.Equal(10, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
        }

        // Without these the backup is still made.
        foreach (var right in new[] { "ping", "sync", "role", "auth", "hello", "info" })
        {
            await using var snapshot = await RdbCheck.OpenAsync(Node("without" + right));
            Assert.Equal(right == "info", snapshot.ServerVersion is null);
            Assert.NotEmpty(await RdbCheck.ReadAsync(snapshot));
        }

        foreach (var right in new[] { "psync", "replconf" })
        {
            var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => RdbCheck.OpenAsync(Node("without" + right)));
            Assert.Contains("+" + right, error.Recommendation, StringComparison.Ordinal);
        }

        RedisNode Node(string user) => RdbCheck.Node($"redis://{user}:word@127.0.0.1:{server.Port}");
    }

    [Fact]
    public async Task Facts_with_all_rights_and_with_few()
    {
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions
        {
            AclLines = ["user default on nopass ~* &* +@all", $"user backup on >word -@all {LeastRights}"],
        });
        await server.RunAsync(["SET a 1", "SELECT 3", "SET b 1", "SET c 1"]);
        var all = await ReadAsync($"redis://127.0.0.1:{server.Port}");
        Assert.Equal(("standalone", false, null), (all.Mode, all.IsReplica, all.IsLinkUp));
        Assert.Equal([(0, 1L), (3, 2L)], all.Keys.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((true, TimeSpan.FromSeconds(60), true), (all.IsDisklessSync, all.ReplicationTimeout, all.IsLastSaveGood));
        Assert.Equal(new OutputBufferLimit(256 << 20, 64 << 20, TimeSpan.FromSeconds(60)), all.OutputBufferLimit);
        Assert.True(all is { UsedMemory: > 0, ResidentMemory: > 0, SystemMemory: > 0, MaxMemory: null });

        var few = await ReadAsync($"redis://backup:word@127.0.0.1:{server.Port}");
        Assert.Equal((null, null, null), (few.IsDisklessSync, few.ReplicationTimeout, few.OutputBufferLimit));
        Assert.Equal(all.Keys, few.Keys);
    }

    [Fact]
    public async Task Tls_with_a_client_certificate()
    {
        using var folder = new TemporaryFolder();
        var certificates = new TestCertificates(folder.Path);
        await using var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Tls = certificates, Password = "word" });
        await server.FillAsync(3_000, 1_000);
        await using (var snapshot = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)))
        {
            Assert.Equal(3_000, await RdbCheck.CountAsync(await RdbCheck.ReadAsync(snapshot)));
        }

        var ca = "ca=" + Uri.EscapeDataString(certificates.CaFile);
        await using (var _ = await RdbCheck.OpenAsync(RdbCheck.Node(server.Uri.Replace(ca, "allowInvalidCertificate=true", StringComparison.Ordinal))))
        {
        }

        await Assert.ThrowsAsync<TlsFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri.Replace(ca + "&", "", StringComparison.Ordinal))));
        await Assert.ThrowsAsync<TlsFailedException>(() => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri + "&serverName=other.example")));
        await AssertRefusedAsync(() => RdbCheck.OpenAsync(RdbCheck.Node($"rediss://:word@127.0.0.1:{server.Port}?{ca}")));
        var plain = await Assert.ThrowsAsync<ServerUnreachableException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"redis://:word@127.0.0.1:{server.Port}")));
        Assert.Contains("rediss://", plain.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"rediss://127.0.0.1:{server.Port}?ca=/no/such")));
        Assert.Contains("option ca", missing.Message, StringComparison.Ordinal);
        var key = await Assert.ThrowsAsync<ConfigurationInvalidException>(
            () => RdbCheck.OpenAsync(RdbCheck.Node($"rediss://127.0.0.1:{server.Port}?cert={Uri.EscapeDataString(certificates.ClientCertificateFile)}")));
        Assert.Contains("option cert", key.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_to_a_server_without()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        var error = await Assert.ThrowsAsync<TlsFailedException>(() => RdbCheck.OpenAsync(
            RdbCheck.Node($"rediss://127.0.0.1:{server.Port}"),
            new ReplicationOptions { Connection = new RedisConnectionOptions { ConnectTimeout = TimeSpan.FromSeconds(1) } }));
        Assert.Contains("redis://", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_there()
    {
        var error = await Assert.ThrowsAsync<ServerUnreachableException>(() => RdbCheck.OpenAsync(RdbCheck.Node($"redis://127.0.0.1:{FreePort.Next()}")));
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAsync<ServerUnreachableException>(() => RdbCheck.OpenAsync(RdbCheck.Node("redis+unix:///no/such/socket")));
        await Assert.ThrowsAsync<ServerUnreachableException>(() => RdbCheck.OpenAsync(RdbCheck.Node("redis://no-such-host.invalid")));
    }

    [Fact]
    public async Task No_room_for_another_client()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.RunAsync("CONFIG SET maxclients 1");
        await using var other = await server.ConnectAsync();
        await other.WriteAsync("PING\r\n"u8.ToArray());
        await other.ReadExactlyAsync(new byte[7]);
        var error = await Assert.ThrowsAsync<ServerUnreachableException>(() => RdbCheck.OpenAsync(RdbCheck.Node(server.Uri)));
        Assert.Contains("max number of clients", error.Message, StringComparison.Ordinal);
    }

    // With TLS 1.3 the handshake is over for the client before the server has looked at its certificate.
    private static async Task AssertRefusedAsync(Func<Task> open)
    {
        var error = await Assert.ThrowsAnyAsync<BackupException>(open);
        Assert.True(error is TlsFailedException or ServerUnreachableException, error.ToString());
    }

    private static async Task<RedisServerFacts> ReadAsync(string uri)
    {
        await using var connection = await RedisConnection.OpenAsync(
            RdbCheck.Node(uri), new RedisConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await RedisServerFacts.ReadAsync(connection, CancellationToken.None);
    }
}
