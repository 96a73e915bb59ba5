using System.Text;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Retention;

/// <summary>Backups of a few bytes in a store, and retention over them.</summary>
internal sealed class StoreSample(IObjectStore store)
{
    public const string Content = "0123456789";

    /// <summary>Removes whatever the numbers do not keep.</summary>
    public static readonly RetentionPolicy TwoDays = new() { Daily = 2, Force = true };

    public RecordingReporter Reporter { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static BackupKey KeyOf(DateTime time, BackupSource source = BackupSource.MongoDB, CompressionMethod compression = CompressionMethod.Gzip) => new()
    {
        Source = source,
        Type = BackupType.Daily,
        Environment = "production",
        Time = time,
        Compression = compression,
    };

    /// <summary>The time so many days ago.</summary>
    public static DateTime Ago(double days) => TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-days);

    /// <summary>Puts a good backup; of Redis one of several objects, a cluster's.</summary>
    public async Task<string> PutAsync(DateTime time, BackupSource source = BackupSource.MongoDB, int shards = 1)
    {
        var key = KeyOf(time, source);
        for (var shard = 0; shard < shards; shard++)
        {
            await PutObjectAsync(key.ShardKey(shard), Content);
        }

        await PutObjectAsync(BackupKey.ManifestOf(key.ToString()), Manifest(key, shards));
        return key.ToString();
    }

    public async Task PutObjectAsync(string key, string text)
    {
        await using var upload = await store.BeginUploadAsync(key, new UploadOptions(), Token);
        await upload.WriteAsync(Encoding.UTF8.GetBytes(text), Token);
        await upload.CompleteAsync(Token);
    }

    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var item in store.ListAsync(BackupKey.Root, Token))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    public Task<IReadOnlyList<RetentionDecision>> PlanAsync(RetentionPolicy? policy = null, string? explained = null) => Pipeline().PlanAsync(policy ?? TwoDays, environment: null, explained, Token);

    public async Task<IReadOnlyList<RemovedBackup>> RemoveAsync(RetentionPolicy? policy = null, IReadOnlySet<string>? agreed = null, TimeProvider? time = null, string? environment = null)
    {
        var removed = new List<RemovedBackup>();
        await foreach (var item in Pipeline(time).RemoveAsync(policy ?? TwoDays, environment, agreed, Token))
        {
            removed.Add(item);
        }

        return removed;
    }

    private RetentionPipeline Pipeline(TimeProvider? time = null) => new(store, Reporter, time ?? TimeProvider.System);

    private static string Manifest(BackupKey key, int shards)
    {
        var name = key.ToString();
        BlockManifest[] blocks = [new() { NamespaceIndex = -1, Offset = 0, StoredSize = Content.Length, Size = 100 }];
        return Encoding.UTF8.GetString(ManifestSerializer.Serialize(new BackupManifest
        {
            ToolVersion = "0.1.0",
            Id = new string('a', 32),
            Key = name,
            Source = key.Source,
            Type = key.Type,
            Environment = key.Environment,
            StartTime = key.Time,
            EndTime = key.Time,
            Consistency = BackupConsistency.None,
            Server = new ServerFacts { Host = "h:1", Version = "7.0", Topology = "Standalone" },
            Compression = key.Compression,
            ArchiveSize = 100,
            StoredSize = Content.Length,
            StoredSha256 = new string('0', 64),
            ReadBack = true,
            Block = blocks,
            Redis = key.Source != BackupSource.Redis ? null : new RedisManifest
            {
                Kind = "redis",
                Method = RedisBackupMethod.Scan,
                Magic = "REDIS0010",
                Shard = [.. Enumerable.Range(0, shards).Select(shard => new RedisShardManifest
                {
                    Key = key.ShardKey(shard),
                    Host = "h:1",
                    Count = 1,
                    ArchiveSize = 100,
                    StoredSize = Content.Length,
                    StoredSha256 = new string('0', 64),
                    Block = shard == 0 ? [] : blocks,
                })],
            },
        }));
    }
}
