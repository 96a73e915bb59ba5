using System.Globalization;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Tests a backup of Redis: the objects, the RDB in each, and what the manifest says of them.</summary>
/// <param name="store">Where the objects are; null for files given by path.</param>
/// <param name="pool">Where blocks are put.</param>
/// <param name="problems">Told what is wrong.</param>
/// <param name="warnings">Told what the user should know although it is not wrong.</param>
internal sealed class RedisBackupVerifier(IObjectStore? store, BufferPool pool, ProblemList problems, List<string> warnings)
{
    /// <summary>Bytes read of the stored objects.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Looks whether every object is there and as long as recorded.</summary>
    public async Task TestQuicklyAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        foreach (var part in new RedisBackupReader(backup, store, pool).Parts)
        {
            var size = await FindSizeAsync(part.Name, cancellationToken).ConfigureAwait(false);
            if (size is null)
            {
                problems.Add($"The object {part.Name} is missing.");
            }
            else if (part.Recorded is { } recorded && size != recorded.StoredSize)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"The stored object {part.Name} has {size} bytes, and {recorded.StoredSize} were recorded."));
            }
        }
    }

    /// <summary>Reads every object in full. Empty when none could be read to its end.</summary>
    public async Task<IReadOnlyList<RdbSummary>> TestFullyAsync(BackupInfo backup, OperationProgress.Part progress, CancellationToken cancellationToken)
    {
        var found = new List<RdbSummary>();
        var reader = new RedisBackupReader(backup, store, pool);
        for (var part = 0; part < reader.Parts.Count; part++)
        {
            var (summary, sha256) = await ReadAsync(reader, part, progress, cancellationToken).ConfigureAwait(false);
            if (summary is not null)
            {
                found.Add(summary);
                Compare(reader.Parts[part], sha256, summary);
            }
        }

        if (backup.Manifest?.Redis is { } redis && problems.Count == 0)
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
        FunctionCount = found.SelectMany(summary => summary.Functions).Distinct().Count(),
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

    private async Task<long?> FindSizeAsync(string name, CancellationToken cancellationToken)
    {
        if (store is not null)
        {
            return (await store.FindAsync(name, cancellationToken).ConfigureAwait(false))?.Size;
        }

        var file = new FileInfo(name);
        return file.Exists ? file.Length : null;
    }

    // As TYPE answers.
    private static string NameOf(RdbDataType type) => type == RdbDataType.SortedSet ? "zset" : type.ToString().ToLowerInvariant();

    private async Task<(RdbSummary? Summary, string Sha256)> ReadAsync(
        RedisBackupReader reader, int part, OperationProgress.Part progress, CancellationToken cancellationToken)
    {
        var name = reader.Parts[part].Name;
        RdbSummary? summary = null;
        var hashing = new HashingStream(await reader.OpenStoredAsync(part, cancellationToken).ConfigureAwait(false));
        await using (hashing.ConfigureAwait(false))
        {
            try
            {
                var plain = await reader.DecompressAsync(part, hashing, cancellationToken).ConfigureAwait(false);
                await using (plain.ConfigureAwait(false))
                {
                    summary = await RdbReader.RunAsync(
                        new CountedStream(plain, progress), name, rdb => RdbSummary.Read(rdb, withDigest: false, cancellationToken), cancellationToken).ConfigureAwait(false);
                    if (summary.Checksum == RdbChecksum.Disabled)
                    {
                        warnings.Add($"The server wrote no checksum into the RDB of {name} (rdbchecksum no); only that of the stored object was compared.");
                    }
                }
            }
            catch (BackupException exception) when (exception is RdbCorruptException or RdbUnsupportedException or ArchiveCorruptException or ForeignFileException)
            {
                problems.Add(exception.Message);
            }

            BytesRead += hashing.BytesRead;
            return (summary, hashing.GetSha256());
        }
    }

    private void Compare(RedisBackupPart part, string sha256, RdbSummary summary)
    {
        if (part.Recorded is not { } recorded)
        {
            return;
        }

        if (!string.Equals(sha256, recorded.StoredSha256, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"The stored object {part.Name} has the SHA-256 {sha256}, and {recorded.StoredSha256} was recorded: its bytes are not those that were written.");
        }

        if (summary.Keys != recorded.Count || summary.Bytes != recorded.ArchiveSize)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The RDB of {part.Name} has {summary.Keys} keys in {summary.Bytes} bytes, and {recorded.Count} in {recorded.ArchiveSize} were recorded."));
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
