using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Takes the RDB of a server and shows it to another one.</summary>
internal static class RdbCheck
{
    /// <summary>A server's URL as a node.</summary>
    public static RedisNode Node(string uri)
    {
        var target = RedisUri.Parse(uri);
        return target.Node(target.Endpoints[0]);
    }

    /// <summary>Asks for a full synchronisation.</summary>
    public static Task<ReplicationSnapshot> OpenAsync(RedisNode node, ReplicationOptions? options = null, CancellationToken cancellationToken = default) =>
        ReplicationSnapshot.OpenAsync(node, options ?? new ReplicationOptions(), TimeProvider.System, cancellationToken);

    /// <summary>Reads the RDB to its end.</summary>
    public static async Task<byte[]> ReadAsync(ReplicationSnapshot snapshot)
    {
        using var rdb = new MemoryStream();
        await snapshot.Rdb.CopyToAsync(rdb);
        Assert.True(snapshot.IsComplete);
        Assert.Equal(rdb.Length, snapshot.BytesRead);
        return rdb.ToArray();
    }

    /// <summary>A server that starts from the RDB, which it refuses when it is damaged.</summary>
    public static async Task<RedisServer> StartAsync(byte[] rdb)
    {
        Assert.Matches("^(REDIS00|VALKEY0)[0-9]", Encoding.ASCII.GetString(rdb, 0, 9));
        Assert.Equal(0xFF, rdb[^9]);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "received.rdb");
        await File.WriteAllBytesAsync(file, rdb);
        return await RedisServer.StartAsync(new RedisServerOptions { Rdb = file });
    }

    /// <summary>The number of keys of a server that starts from the RDB.</summary>
    public static async Task<long> CountAsync(byte[] rdb)
    {
        await using var server = await StartAsync(rdb);
        return long.Parse(await server.RunAsync("DBSIZE"), CultureInfo.InvariantCulture);
    }
}
