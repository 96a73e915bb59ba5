using System.Security.Cryptography;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Copies;

/// <summary>Backups of random bytes in a store, with manifests that tell the truth of them, and copies of them in another.</summary>
internal sealed class CopySample(IObjectStore source, IObjectStore target)
{
    private const int BlockSize = 4 << 20;

    public RecordingReporter Reporter { get; } = new();

    public IObjectStore Source => source;

    public IObjectStore Target => target;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static BackupKey KeyOf(DateTime time, BackupSource kind = BackupSource.MongoDB, BackupType type = BackupType.Daily) => new()
    {
        Source = kind,
        Type = kind == BackupSource.Redis ? BackupType.Manual : type,
        Environment = "production",
        Time = time,
        Compression = CompressionMethod.Gzip,
    };

    /// <summary>The time so many days ago, in whole seconds.</summary>
    public static DateTime Ago(double days)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-days);
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
    }

    /// <summary>Puts a good backup at the source; of Redis one of several objects, a cluster's.</summary>
    public Task<string> PutAsync(DateTime time, BackupSource kind = BackupSource.MongoDB, int shards = 1, int size = 100_000, BackupType type = BackupType.Daily) =>
        PutAsync(source, time, kind, shards, size, type);

    /// <summary>Puts a good backup anywhere.</summary>
    public static async Task<string> PutAsync(IObjectStore store, DateTime time, BackupSource kind = BackupSource.MongoDB, int shards = 1, int size = 100_000, BackupType type = BackupType.Daily)
    {
        var key = KeyOf(time, kind, type);
        var contents = new List<byte[]>();
        for (var shard = 0; shard < shards; shard++)
        {
            var content = new byte[size];
            Random.Shared.NextBytes(content);
            contents.Add(content);
            await PutObjectAsync(store, key.ShardKey(shard), content);
        }

        await PutObjectAsync(store, BackupKey.ManifestOf(key.ToString()), ManifestSerializer.Serialize(Manifest(key, contents)));
        return key.ToString();
    }

    public static async Task PutObjectAsync(IObjectStore store, string key, byte[] content)
    {
        await using var upload = await store.BeginUploadAsync(key, new UploadOptions(), Token);
        await upload.WriteAsync(content, Token);
        await upload.CompleteAsync(Token);
    }

    public static async Task<byte[]> ReadAsync(IObjectStore store, string key)
    {
        using var content = new MemoryStream();
        await using var stream = await store.OpenReadAsync(key, 0, null, Token);
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    public static async Task<IReadOnlyList<string>> KeysAsync(IObjectStore store)
    {
        var keys = new List<string>();
        await foreach (var item in store.ListAsync(BackupKey.Root, Token))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    public async Task<IReadOnlyList<CopyResult>> CopyAsync(CopyOptions? options = null, CancellationToken? cancellationToken = null, params IReadOnlyList<string> keys)
    {
        var results = new List<CopyResult>();
        await foreach (var result in new CopyPipeline(source, target, Reporter, TimeProvider.System).RunAsync((options ?? Options()) with { Key = keys }, cancellationToken ?? Token))
        {
            results.Add(result);
        }

        return results;
    }

    public async Task<CopyResult> CopyOneAsync(string key, CopyOptions? options = null) => (await CopyAsync(options, null, key))[0];

    public async Task<IReadOnlyList<string>> MissingAsync(CopyOptions? options = null, RetentionPolicy? retention = null) =>
        [.. (await new MirrorPlanner(source, target, Reporter, TimeProvider.System).PlanAsync(options ?? Options(), retention, Token)).Select(item => item.Key)];

    public static CopyOptions Options() => new() { WorkingDirectory = Path.GetTempPath() };

    /// <summary>Requires that all objects of a backup are at the target, byte for byte.</summary>
    public async Task RequireSameAsync(string key)
    {
        foreach (var name in (await KeysAsync(source)).Where(name => BackupKey.WithoutShard(name) == key || name == BackupKey.ManifestOf(key)))
        {
            Assert.Equal(SHA256.HashData(await ReadAsync(source, name)), SHA256.HashData(await ReadAsync(target, name)));
        }
    }

    private static BackupManifest Manifest(BackupKey key, List<byte[]> contents)
    {
        var name = key.ToString();
        return new BackupManifest
        {
            ToolVersion = "0.1.0",
            Id = Guid.NewGuid().ToString("N"),
            Key = name,
            Source = key.Source,
            Type = key.Type,
            Environment = key.Environment,
            StartTime = key.Time,
            EndTime = key.Time,
            Consistency = BackupConsistency.None,
            Server = new ServerFacts { Host = "h:1", Version = "7.0", Topology = "Standalone" },
            Compression = key.Compression,
            ArchiveSize = contents[0].Length,
            StoredSize = contents[0].Length,
            StoredSha256 = Hash(contents[0]),
            ReadBack = true,
            Block = Blocks(contents[0].Length),
            Redis = key.Source != BackupSource.Redis ? null : new RedisManifest
            {
                Kind = "redis",
                Method = RedisBackupMethod.Scan,
                Magic = "REDIS0010",
                Shard = [.. contents.Select((content, shard) => new RedisShardManifest
                {
                    Key = key.ShardKey(shard),
                    Host = "h:1",
                    Count = 1,
                    ArchiveSize = content.Length,
                    StoredSize = content.Length,
                    StoredSha256 = Hash(content),
                    Block = shard == 0 ? [] : Blocks(content.Length),
                })],
            },
        };
    }

    private static BlockManifest[] Blocks(int size) => [.. Enumerable.Range(0, (size + BlockSize - 1) / BlockSize).Select(index => new BlockManifest
    {
        NamespaceIndex = -1,
        Offset = (long)index * BlockSize,
        StoredSize = Math.Min(BlockSize, size - (index * BlockSize)),
        Size = Math.Min(BlockSize, size - (index * BlockSize)),
    })];

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();
}
