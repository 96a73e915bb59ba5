using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Tests.Catalog;

public sealed class RedisRulesTests
{
    private const string Key = "backups/redis/2026/11/redis-test-2026-11-23T01-02-03-004Z.rdb.gz";

    [Fact]
    public void A_sound_manifest_passes()
    {
        Assert.Null(ManifestRules.FindContradiction(Manifest(Redis(Shard(Key), Shard(Key.Replace(".rdb", ".shard2.rdb", StringComparison.Ordinal), Block())))));
    }

    [Fact]
    public void The_Redis_part_belongs_to_Redis_and_is_needed_there()
    {
        Assert.Equal("redis is missing.", ManifestRules.FindContradiction(Manifest(redis: null)));
        Assert.Equal("a backup of MongoDB has a redis part.", ManifestRules.FindContradiction(Manifest(Redis(Shard(Key)), BackupSource.MongoDB)));
    }

    [Theory]
    [InlineData("backups/daily/2026/11/mongodb-daily-production-2026-11-23T01-02-03-004Z.archive.gz")]
    [InlineData("backups/redis/2026/11/redis-test-2026-11-23T01-02-03-004Z.shard2/../../../../other.rdb.gz")]
    public void A_shard_of_another_backup_is_refused(string key) =>
        Assert.Equal($"the shard {key} lies elsewhere.", ManifestRules.FindContradiction(Manifest(Redis(Shard(Key), Shard(key, Block())))));

    [Fact]
    public void What_JSON_may_leave_out_is_named()
    {
        Assert.Equal("a part of redis is missing.", ManifestRules.FindContradiction(Manifest(Redis(Shard(Key), null!))));
        Assert.Equal("a part of redis is missing.", ManifestRules.FindContradiction(Manifest(Redis(Shard(null!)))));
    }

    [Fact]
    public void The_first_shard_is_the_object_itself() =>
        Assert.Equal("its first shard is not its own object.", ManifestRules.FindContradiction(Manifest(Redis())));

    [Theory]
    [InlineData(RedisBackupMethod.Scan, BackupConsistency.None, null)]
    [InlineData(RedisBackupMethod.Replication, BackupConsistency.None, null)]
    [InlineData(RedisBackupMethod.Scan, BackupConsistency.Snapshot, "what was read by Scan cannot be Snapshot.")]
    [InlineData(RedisBackupMethod.Replication, BackupConsistency.Oplog, "what was read by Replication cannot be Oplog.")]
    [InlineData(RedisBackupMethod.Auto, BackupConsistency.None, "what was read by Auto cannot be None.")]
    public void What_was_scanned_is_no_snapshot_and_Auto_is_never_recorded(RedisBackupMethod method, BackupConsistency consistency, string? broken) =>
        Assert.Equal(broken, ManifestRules.FindContradiction(Manifest(Redis(method, Shard(Key)), consistency: consistency)));

    [Fact]
    public void Blocks_of_every_shard_cover_it() =>
        Assert.Equal("the block index does not cover the stored object.", ManifestRules.FindContradiction(Manifest(Redis(Shard(Key), Shard(Key.Replace(".rdb", ".shard2.rdb", StringComparison.Ordinal))))));

    private static BlockManifest Block() => new() { NamespaceIndex = -1, Offset = 0, StoredSize = 10, Size = 20 };

    private static RedisShardManifest Shard(string key, params BlockManifest[] blocks) => new()
    {
        Key = key, Host = "localhost:6379", Count = 3, ArchiveSize = 20, StoredSize = 10, StoredSha256 = new string('0', 64), Block = blocks,
    };

    private static RedisManifest Redis(params RedisShardManifest[] shards) => Redis(RedisBackupMethod.Replication, shards);

    private static RedisManifest Redis(RedisBackupMethod method, params RedisShardManifest[] shards) => new()
    {
        Kind = "redis", Method = method, Magic = "REDIS0010", Database = [new RedisDatabaseManifest(0, 3, 1)], Shard = shards,
    };

    private static BackupManifest Manifest(RedisManifest? redis, BackupSource source = BackupSource.Redis, BackupConsistency consistency = BackupConsistency.Snapshot) => new()
    {
        ToolVersion = "0.1.0",
        Id = new string('a', 32),
        Key = Key,
        Source = source,
        Type = BackupType.Manual,
        Environment = "test",
        StartTime = DateTime.UnixEpoch,
        EndTime = DateTime.UnixEpoch,
        Consistency = consistency,
        Server = new ServerFacts { Host = "localhost:6379", Version = "7.0.15", Topology = "Server" },
        Compression = CompressionMethod.Gzip,
        ArchiveSize = 20,
        StoredSize = 10,
        StoredSha256 = new string('0', 64),
        Block = [Block()],
        Redis = redis,
    };
}
