using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Verification;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Tests a backup. What is wrong with it ends up in the result; what keeps it from being tested (the store, the scratch server, an object
/// that must be thawed) is thrown.
/// </summary>
internal sealed class VerificationPipeline(IObjectStore? store, BufferPool pool, IEngineReporter reporter, TimeProvider time)
{
    private readonly ProblemList _problems = new();
    private readonly List<string> _warnings = [];

    /// <summary>The scratch server; needed for depth Restore only.</summary>
    public MongoConnection? Scratch { get; init; }

    /// <summary>The empty Redis server for depth Restore; null starts one of this machine.</summary>
    public RedisTarget? ScratchRedis { get; init; }

    /// <summary>The limits of connections to Redis servers.</summary>
    public ReplicationOptions RedisLimits { get; init; } = new();

    /// <summary>Tests the backup.</summary>
    public async Task<VerificationResult> RunAsync(VerificationOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var backup = await FindAsync(options.Backup, cancellationToken).ConfigureAwait(false);
        BackupContents? contents = null;
        long read = 0;
        RedisContents? redis = null;
        long? keys = null;
        long? size = null;
        if (backup is null)
        {
            backup = options.Backup;
        }
        else if (backup.Source == BackupSource.Redis)
        {
            (redis, keys, size, read) = await TestRedisAsync(backup, options, cancellationToken).ConfigureAwait(false);
        }
        else if (options.Depth == VerificationDepth.Quick)
        {
            read = await TestQuicklyAsync(backup, options.CriticalCollection, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            contents = await TestFullyAsync(backup, cancellationToken).ConfigureAwait(false);
            read = contents?.BytesRead ?? 0;
            await TestFurtherAsync(backup, contents, options, cancellationToken).ConfigureAwait(false);
        }

        return new VerificationResult
        {
            Backup = backup,
            Depth = options.Depth,
            Problem = _problems.ToArray(),
            Warning = _warnings,
            NamespaceCount = redis?.Database.Count ?? contents?.Namespaces.Count(),
            DocumentCount = keys ?? contents?.Namespaces.Sum(item => item.Hash.Count),
            LogicalSize = size ?? contents?.Namespaces.Sum(item => item.Hash.Bytes),
            Redis = redis,
            BytesRead = read,
            Duration = time.GetElapsedTime(started),
        };
    }

    // What came through the pipeline may be old: what counts is what is stored now. Null when there is nothing left to test.
    private async Task<BackupInfo?> FindAsync(BackupInfo given, CancellationToken cancellationToken)
    {
        var backup = given.Path is { } path
            ? await FindPathAsync(path, cancellationToken).ConfigureAwait(false)
            : await FindStoredAsync(given.Key, cancellationToken).ConfigureAwait(false);
        if (backup is null)
        {
            return null;
        }

        if (backup.Manifest is null)
        {
            if (_problems.Count == 0 && given.Manifest is not null)
            {
                _problems.Add("Its manifest is not there any more.");
            }

            if (backup.Status == BackupStatus.Incomplete && _problems.Count == 0)
            {
                _problems.Add("It has no manifest, which is written last: the backup was not completed.");
            }

            _warnings.Add("There is no manifest to compare with: the test shows that the archive is whole, not that it holds what the server held.");
            foreach (var warning in backup.Warning)
            {
                _warnings.Add(warning);
            }
        }
        else if (backup.Size != backup.Manifest.StoredSize)
        {
            _problems.Add($"The stored object has {backup.Size} bytes, and {backup.Manifest.StoredSize} were recorded.");
        }

        return backup;
    }

    private async Task<BackupInfo?> FindPathAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await PathDescription.DescribeAsync(path, pool, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException exception) when (exception is ArchiveCorruptException or RdbCorruptException or ForeignFileException)
        {
            _problems.Add(exception.Message);
            return null;
        }
    }

    private async Task<BackupInfo?> FindStoredAsync(string key, CancellationToken cancellationToken)
    {
        var opened = store ?? throw new BackupNotFoundException(key, "no destination");
        try
        {
            var backup = await new BackupCatalog(opened).GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (backup.Manifest is null || await opened.FindAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                return backup;
            }

            _problems.Add($"The object {key} is missing; only its manifest is there.");
        }
        catch (ManifestCorruptException exception)
        {
            _problems.Add(exception.Message);
            if (await opened.FindAsync(key, cancellationToken).ConfigureAwait(false) is { } stored && BackupKey.TryParse(key) is { } parsed)
            {
                return BackupDescription.FromKey(parsed, opened.DisplayName, stored);
            }

            _problems.Add($"The object {key} is missing.");
        }

        return null;
    }

    private async Task<(RedisContents? Contents, long? Keys, long? Size, long Read)> TestRedisAsync(
        BackupInfo backup, VerificationOptions options, CancellationToken cancellationToken)
    {
        var verifier = new RedisBackupVerifier(backup.Path is null ? store : null, pool, _problems, _warnings);
        await verifier.TestQuicklyAsync(backup, cancellationToken).ConfigureAwait(false);
        if (options.Depth == VerificationDepth.Quick || _problems.Count > 0)
        {
            return (null, null, null, 0);
        }

        using var progress = new OperationProgress(reporter, time, $"Testing {backup.Key}", backup.LogicalSize);
        using var part = progress.Begin(backup.Key, backup.LogicalSize);
        var found = await verifier.TestFullyAsync(backup, part, cancellationToken).ConfigureAwait(false);
        var contents = RedisBackupVerifier.Describe(found);
        if (options.Depth == VerificationDepth.Restore && _problems.Count > 0)
        {
            _warnings.Add("Nothing was restored, because the backup itself is damaged.");
        }
        else if (options.Depth == VerificationDepth.Restore)
        {
            await new RedisRestoreDrill(store, pool, RedisLimits, reporter, time, _problems, _warnings)
                .RunAsync(backup, contents, ScratchRedis, options, cancellationToken).ConfigureAwait(false);
        }

        return (contents, found.Sum(item => item.Keys), found.Sum(item => item.Bytes), verifier.BytesRead);
    }

    private async Task<long> TestQuicklyAsync(BackupInfo backup, IReadOnlyList<string> critical, CancellationToken cancellationToken)
    {
        long read;
        if (backup.Manifest is null)
        {
            read = await TestDumpAsync(backup, (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            read = await TestPreludeAsync(backup, backup.Manifest, cancellationToken).ConfigureAwait(false);
        }

        if (backup.Manifest is { } recorded)
        {
            CriticalCollections.Check(critical, [.. recorded.Namespace.Select(item => new CriticalCandidate(item.Database, item.Collection, item.Type == "view" ? null : item.Count))], _problems);
        }
        else if (critical.Count > 0)
        {
            _problems.Add("Without a manifest critical collections can only be checked with -Depth Full or Restore.");
        }

        return read;
    }

    private async Task<long> TestPreludeAsync(BackupInfo backup, BackupManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var dump = await BackupReader.OpenAsync(backup, store, _ => false, pool, cancellationToken).ConfigureAwait(false);
            await using (dump.ConfigureAwait(false))
            {
                new ManifestComparison(manifest, _problems).Compare(dump.Prelude);
            }
        }
        catch (BackupException exception) when (exception is ArchiveCorruptException or ForeignFileException)
        {
            _problems.Add(exception.Message);
        }

        return manifest.Block.Where(block => block.NamespaceIndex == ManifestRules.PreludeIndex).Sum(block => (long)block.StoredSize);
    }

    private async Task<BackupContents?> TestFullyAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        using var progress = new OperationProgress(reporter, time, $"Testing {backup.Key}", backup.LogicalSize);
        using var part = progress.Begin(backup.Key, backup.LogicalSize);
        if (backup.Manifest is { } manifest)
        {
            var stored = await OpenObjectAsync(backup, cancellationToken).ConfigureAwait(false);
            return await new StoredBackupVerifier(manifest, pool, _problems).VerifyAsync(stored, part, cancellationToken).ConfigureAwait(false);
        }

        BackupContents? contents = null;
        var read = await TestDumpAsync(
            backup,
            async (dump, token) => contents = await new DumpVerifier(_problems).VerifyAsync(dump, part, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return contents is null ? null : contents with { BytesRead = read };
    }

    private async Task<Stream> OpenObjectAsync(BackupInfo backup, CancellationToken cancellationToken) => backup.Path is { } path
        ? BackupReader.OpenFile(path, 0, length: null)
        : await store!.OpenReadAsync(backup.Key, 0, length: null, cancellationToken).ConfigureAwait(false);

    /// <summary>Opens what has no manifest, lets it be looked at, and gives the bytes read.</summary>
    private async Task<long> TestDumpAsync(BackupInfo backup, Func<IDumpReader, CancellationToken, Task> test, CancellationToken cancellationToken)
    {
        var isFolder = backup.Path is { } path && Directory.Exists(path);
        var counting = isFolder ? null : new HashingStream(await OpenObjectAsync(backup, cancellationToken).ConfigureAwait(false));
        try
        {
            IDumpReader dump = counting is null
                ? await DumpFolderReader.OpenAsync(backup.Path!, pool, cancellationToken).ConfigureAwait(false)
                : await OpenArchiveAsync(counting, backup.Path ?? backup.Key, cancellationToken).ConfigureAwait(false);
            await using (dump.ConfigureAwait(false))
            {
                await test(dump, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException exception) when (exception is ArchiveCorruptException or ForeignFileException)
        {
            _problems.Add(exception.Message);
        }

        return counting?.BytesRead ?? backup.Size;
    }

    private async Task<ArchiveReader> OpenArchiveAsync(Stream stored, string name, CancellationToken cancellationToken)
    {
        var plain = await DecompressingStream.OpenAsync(stored, name, pool, cancellationToken).ConfigureAwait(false);
        return await ArchiveReader.OpenAsync(plain, name, pool, cancellationToken).ConfigureAwait(false);
    }

    private async Task TestFurtherAsync(BackupInfo backup, BackupContents? contents, VerificationOptions options, CancellationToken cancellationToken)
    {
        if (options.Depth != VerificationDepth.Restore)
        {
            CriticalCollections.Check(options.CriticalCollection, Candidates(contents), _problems);
            return;
        }

        if (_problems.Count > 0 || contents?.Prelude is null)
        {
            _warnings.Add("Nothing was restored, because the backup itself is damaged.");
            return;
        }

        await new RestoreDrill(Scratch!, store, pool, reporter, time, _problems, _warnings).RunAsync(backup, contents, options, cancellationToken).ConfigureAwait(false);
    }

    private static CriticalCandidate[] Candidates(BackupContents? contents) =>
        contents is null ? [] : [.. contents.Namespaces.Select(item => new CriticalCandidate(item.Database, item.Collection, IsView(contents, item) ? null : item.Hash.Count))];

    private static bool IsView(BackupContents contents, NamespaceTally item) =>
        contents.Prelude?.Namespaces.Any(entry => entry.Type == ArchiveFormat.ViewType && entry.Database == item.Database && entry.Collection == item.Collection) ?? false;
}
