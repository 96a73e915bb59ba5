using System.Text;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Restores RDBs into real servers and looks at what they have then.</summary>
internal static class RestoreCheck
{
    /// <summary>Restores into one server.</summary>
    public static Task<RedisRestoreCounts> RestoreAsync(byte[] rdb, RedisServer server, RedisRestoreRequest? request = null, RedisConnectionOptions? options = null) =>
        RestoreAsync(new MemoryStream(rdb), server, request, options, TestContext.Current.CancellationToken);

    /// <summary>Restores into one server.</summary>
    public static async Task<RedisRestoreCounts> RestoreAsync(
        Stream rdb, RedisServer server, RedisRestoreRequest? request, RedisConnectionOptions? options, CancellationToken cancellationToken)
    {
        options ??= new RedisConnectionOptions();
        var topology = await RedisTopology.FindAsync(RedisUri.Parse(server.Uri), options, new RecordingReporter(), TimeProvider.System, cancellationToken);
        return await new RedisRestorer(options, TimeProvider.System).RunAsync(rdb, "test.rdb", topology, request ?? new RedisRestoreRequest(), null, cancellationToken);
    }

    /// <summary>The RDB that a server writes.</summary>
    public static byte[] Save(RedisServer server, RespTestClient client)
    {
        client.Save();
        return File.ReadAllBytes(Path.Combine(server.Folder, "data", "dump.rdb"));
    }

    /// <summary>A hash of each key that has not expired, with its value and expiry.</summary>
    public static SortedDictionary<string, UInt128> Digests(byte[] rdb)
    {
        var digests = new SortedDictionary<string, UInt128>(StringComparer.Ordinal);
        var reader = new RdbReader(new MemoryStream(rdb), "test.rdb");
        var digest = new DigestVisitor();
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Key && (reader.ExpiresAt ?? long.MaxValue) > TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
            {
                digest.Begin();
                reader.DecodeValue(digest);
                digests.Add($"{reader.Database} {Encoding.Latin1.GetString(reader.Key)}", digest.End(reader.Key, reader.DataType, reader.ExpiresAt));
            }
        }

        return digests;
    }

    /// <summary>What a digest leaves out of streams, because older servers do not keep it.</summary>
    public static SortedDictionary<string, string> StreamFacts(byte[] rdb)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in RecordedKey.ReadAll(rdb).Where(key => key.Type == RdbDataType.Stream))
        {
            var stream = key.Value.Stream;
            var groups = stream.Groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Value.EntriesRead}");
            facts.Add($"{key.Database} {key.Key}", $"{stream.Length} {stream.LastId} {stream.MaximalDeletedId} {stream.EntriesAdded} {string.Join(',', groups)}");
        }

        return facts;
    }
}
