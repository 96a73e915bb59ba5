using System.Globalization;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Tests a backup of Redis: the objects, the RDB in each, and what the manifest says of them.</summary>
/// <param name="store">Where the objects are.</param>
/// <param name="pool">Where blocks are put.</param>
/// <param name="problems">Told what is wrong.</param>
/// <param name="warnings">Told what the user should know although it is not wrong.</param>
internal sealed class RedisBackupVerifier(IObjectStore store, BufferPool pool, ProblemList problems, List<string> warnings)
{
    /// <summary>Bytes read of the stored objects.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Looks whether every object is there and as long as recorded.</summary>
    public async Task TestQuicklyAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        foreach (var shard in backup.Manifest?.Redis?.Shard ?? [])
        {
            var stored = await store.FindAsync(shard.Key, cancellationToken).ConfigureAwait(false);
            if (stored is null)
            {
                problems.Add($"The object {shard.Key} is missing.");
            }
            else if (stored.Size != shard.StoredSize)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"The stored object {shard.Key} has {stored.Size} bytes, and {shard.StoredSize} were recorded."));
            }
        }
    }

    /// <summary>Reads every object in full. Null when none could be read to its end.</summary>
    public async Task<IReadOnlyList<RdbSummary>> TestFullyAsync(BackupInfo backup, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        var found = new List<RdbSummary>();
        if (backup.Manifest is not { Redis: { } redis } manifest)
        {
            await ReadAsync(backup.Key, (stored, token) => OpenAsync(stored, backup.Key, token), found, part, cancellationToken).ConfigureAwait(false);
            return found;
        }

        for (var index = 0; index < redis.Shard.Count; index++)
        {
            var shard = redis.Shard[index];
            var blocks = index == 0 ? manifest.Block : shard.Block;
            var before = found.Count;
            var sha256 = await ReadAsync(
                shard.Key,
                (stored, token) => Task.FromResult<Stream>(Open(stored, shard.Key, manifest.Compression, blocks, token)),
                found,
                part,
                cancellationToken).ConfigureAwait(false);
            Compare(shard, sha256, found.Count > before ? found[^1] : null);
        }

        if (problems.Count == 0)
        {
            Compare(redis, found);
        }

        return found;
    }

    /// <summary>What was found, for the user.</summary>
    public static RedisContents Describe(IReadOnlyList<RdbSummary> found) => new()
    {
        Database = [.. found.SelectMany(summary => summary.Databases.Values).GroupBy(database => database.Database).OrderBy(group => group.Key).Select(Describe)],
        BiggestKey = [.. found.SelectMany(summary => summary.BiggestKeys).OrderByDescending(key => key.Bytes).Take(10)
            .Select(key => new RedisKeyInfo(key.Database, key.Key, NameOf(key.Type), key.Elements, key.Bytes))],
        FunctionCount = found.Count == 0 ? 0 : found.Max(summary => summary.Functions.Count),
        Module = [.. found.SelectMany(summary => summary.Modules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };

    private static RedisDatabaseContents Describe(IGrouping<int, RdbDatabaseSummary> databases)
    {
        var types = databases.SelectMany(database => database.Types).GroupBy(type => NameOf(type.Key), StringComparer.Ordinal).ToArray();
        return new RedisDatabaseContents(
            databases.Key,
            databases.Sum(database => database.Keys),
            databases.Sum(database => database.Expiring),
            types.ToDictionary(type => type.Key, type => type.Sum(item => item.Value.Keys), StringComparer.Ordinal),
            types.ToDictionary(type => type.Key, type => type.Sum(item => item.Value.Bytes), StringComparer.Ordinal));
    }

    // As TYPE answers.
    private static string NameOf(RdbDataType type) => type == RdbDataType.SortedSet ? "zset" : type.ToString().ToLowerInvariant();

    private async Task<string> ReadAsync(
        string key, Func<HashingStream, CancellationToken, Task<Stream>> open, List<RdbSummary> found, OperationProgress.Part part, CancellationToken cancellationToken)
    {
        var hashing = new HashingStream(await store.OpenReadAsync(key, 0, length: null, cancellationToken).ConfigureAwait(false));
        await using (hashing.ConfigureAwait(false))
        {
            try
            {
                var plain = await open(hashing, cancellationToken).ConfigureAwait(false);
                await using (plain.ConfigureAwait(false))
                {
                    var summary = await RdbReader.RunAsync(
                        new CountedStream(plain, part), key, reader => RdbSummary.Read(reader, withDigest: false, cancellationToken), cancellationToken).ConfigureAwait(false);
                    found.Add(summary);
                    if (summary.Checksum == RdbChecksum.Disabled)
                    {
                        warnings.Add($"The server wrote no checksum into the RDB of {key} (rdbchecksum no); only that of the stored object was compared.");
                    }
                }
            }
            catch (BackupException exception) when (exception is RdbCorruptException or RdbUnsupportedException or ArchiveCorruptException or ForeignFileException)
            {
                problems.Add(exception.Message);
            }

            BytesRead += hashing.BytesRead;
            return hashing.GetSha256();
        }
    }

    private async Task<Stream> OpenAsync(HashingStream stored, string key, CancellationToken cancellationToken) =>
        await DecompressingStream.OpenAsync(new KeptOpenStream(stored), key, pool, cancellationToken).ConfigureAwait(false);

    private PlainBlockStream Open(HashingStream stored, string key, CompressionMethod method, IReadOnlyList<BlockManifest> blocks, CancellationToken cancellationToken)
    {
        var reader = new ParallelBlockReader(
            key, method, blocks, (_, _, _) => Task.FromResult<Stream>(new KeptOpenStream(stored)), pool, Environment.ProcessorCount);
        return new PlainBlockStream(reader.ReadAsync(cancellationToken), cancellationToken);
    }

    private void Compare(RedisShardManifest shard, string sha256, RdbSummary? summary)
    {
        if (summary is null)
        {
            return;
        }

        if (!string.Equals(sha256, shard.StoredSha256, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"The stored object {shard.Key} has the SHA-256 {sha256}, and {shard.StoredSha256} was recorded: its bytes are not those that were written.");
        }

        if (summary.Keys != shard.Count || summary.Bytes != shard.ArchiveSize)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The RDB of {shard.Key} has {summary.Keys} keys in {summary.Bytes} bytes, and {shard.Count} in {shard.ArchiveSize} were recorded."));
        }
    }

    private void Compare(RedisManifest recorded, IReadOnlyList<RdbSummary> found)
    {
        var databases = Describe(found).Database.Select(database => new RedisDatabaseManifest(database.Index, database.Count, database.Expiring)).ToArray();
        foreach (var database in recorded.Database.Except(databases))
        {
            var actual = Array.Find(databases, item => item.Index == database.Index);
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Database {database.Index} has {actual?.Count ?? 0} keys, {actual?.Expiring ?? 0} of which expire, and {database.Count} and {database.Expiring} were recorded."));
        }

        foreach (var database in databases.Where(database => recorded.Database.All(item => item.Index != database.Index)))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"Database {database.Index} has {database.Count} keys, and none was recorded."));
        }
    }
}
