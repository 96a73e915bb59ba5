using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Verification;

public sealed class VerificationPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(VerificationDepth.Quick)]
    [InlineData(VerificationDepth.Full)]
    public async Task A_whole_backup_is_valid(VerificationDepth depth)
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(sample.Object, sample.ManifestBytes(), depth);
        Assert.Empty(result.Problem);
        Assert.True(result.IsValid);
        Assert.Empty(result.Warning);
        if (depth == VerificationDepth.Full)
        {
            Assert.Equal(sample.Object.Length, result.BytesRead);
            Assert.Equal(60, result.DocumentCount);
            Assert.Equal(4, result.NamespaceCount);
            Assert.Equal(sample.Manifest.Namespace.Sum(item => item.Size), result.LogicalSize);
        }
        else
        {
            Assert.InRange(result.BytesRead, 1, sample.Object.Length - 1);
        }
    }

    [Fact]
    public async Task Every_single_changed_byte_is_found()
    {
        var sample = await SampleBackup.CreateAsync();
        var manifest = sample.ManifestBytes();
        for (var at = 0; at < sample.Object.Length; at += 7)
        {
            var spoilt = sample.Object.ToArray();
            spoilt[at] ^= (byte)(1 << (at % 8));
            var result = await TestAsync(spoilt, manifest, VerificationDepth.Full);
            Assert.Contains(result.Problem, problem => problem.Contains("SHA-256", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_block_that_cannot_be_decompressed_is_named_with_its_namespace_and_all_others_are_read()
    {
        var sample = await SampleBackup.CreateAsync();
        var block = sample.Manifest.Block.First(item => item.NamespaceIndex == 1);
        sample.Object[block.Offset] ^= 0xff;
        var result = await TestAsync(sample.Object, sample.ManifestBytes(), VerificationDepth.Full);
        Assert.Contains(result.Problem, problem => problem.StartsWith($"shop.customers: the block at byte {block.Offset} ", StringComparison.Ordinal));
        Assert.Equal(2, result.Problem.Count);
        Assert.Equal(50, result.DocumentCount);
    }

    [Theory]
    [InlineData(VerificationDepth.Quick)]
    [InlineData(VerificationDepth.Full)]
    public async Task A_cut_object_is_found(VerificationDepth depth)
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(sample.Object[..^10], sample.ManifestBytes(), depth);
        Assert.Contains(result.Problem, problem => problem.Contains($"{sample.Object.Length - 10} bytes", StringComparison.Ordinal));
        if (depth == VerificationDepth.Full)
        {
            Assert.Contains(result.Problem, problem => problem.Contains("ends inside the block", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Bytes_behind_the_last_block_are_found()
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync([.. sample.Object, 0], sample.ManifestBytes(), VerificationDepth.Full);
        Assert.False(result.IsValid);
    }

    [Fact]
    public async Task Swapped_blocks_are_found_although_their_hash_was_swapped_too()
    {
        var sample = await SampleBackup.CreateAsync();
        var blocks = sample.Manifest.Block.Where(item => item.NamespaceIndex == 0).ToArray();
        var (first, second) = (blocks[0], blocks[1]);
        var swapped = sample.Object.ToArray();
        sample.Object.AsSpan((int)second.Offset, second.StoredSize).CopyTo(swapped.AsSpan((int)first.Offset));
        sample.Object.AsSpan((int)first.Offset, first.StoredSize).CopyTo(swapped.AsSpan((int)first.Offset + second.StoredSize));
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(swapped)).ToLowerInvariant();
        var manifest = sample.ManifestBytes(json => Swap(json.Replace(sample.Manifest.StoredSha256, hash, StringComparison.Ordinal), first, second));
        var result = await TestAsync(swapped, manifest, VerificationDepth.Full);
        Assert.Single(result.Problem);
        Assert.StartsWith("shop.orders: its documents have the CRC", result.Problem[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"count\": 40", "\"count\": 41", "shop.orders: the archive holds 40 documents")]
    [InlineData("\"metadataJson\": \"{", "\"metadataJson\": \" {", "the metadata of the archive are not those")]
    [InlineData("\"collection\": \"empty\"", "\"collection\": \"other\"", "shop.other")]
    [InlineData("\"type\": \"view\"", "\"type\": \"timeseries\"", "shop.overview: it is a view in the archive")]
    [InlineData("\"consistencyPoint\": \"1000:9\"", "\"consistencyPoint\": \"1000:3\"", "The captured oplog reaches from 1000:1 to 1000:6")]
    [InlineData("\"oplogStart\": \"1000:1\"", "\"oplogStart\": \"1000:2\"", "The captured oplog reaches from 1000:1 to 1000:6")]
    public async Task Wrong_numbers_in_the_manifest_are_found(string text, string wrong, string problem)
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(sample.Object, sample.ManifestBytes(json => ReplaceOnce(json, text, wrong)), VerificationDepth.Full);
        Assert.Contains(result.Problem, item => item.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_hashes_in_the_manifest_are_found()
    {
        var sample = await SampleBackup.CreateAsync();
        foreach (var hash in sample.Manifest.Namespace.Take(2).SelectMany(item => new[] { item.ContentHash, item.Crc }).Append(sample.Manifest.StoredSha256))
        {
            var wrong = (hash[0] == '0' ? '1' : '0') + hash[1..];
            var result = await TestAsync(sample.Object, sample.ManifestBytes(json => ReplaceOnce(json, hash, wrong)), VerificationDepth.Full);
            Assert.Single(result.Problem);
            Assert.Contains(wrong, result.Problem[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_oplog_that_goes_back_is_found()
    {
        var sample = await SampleBackup.CreateAsync(changeEntry: entry =>
        {
            entry["ts"] = entry["ts"].AsBsonTimestamp.Increment == 4 ? new MongoDB.Bson.BsonTimestamp(1000, 2) : entry["ts"];
            return entry;
        });
        var result = await TestAsync(sample.Object, sample.ManifestBytes(), VerificationDepth.Full);
        Assert.Single(result.Problem);
        Assert.Contains("the oplog goes from 1000:3 to 1000:2", result.Problem[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_is_none_is_found()
    {
        var sample = await SampleBackup.CreateAsync(changeEntry: entry =>
        {
            entry.Remove("op");
            return entry;
        });
        var result = await TestAsync(sample.Object, sample.ManifestBytes(), VerificationDepth.Full);
        Assert.Contains(result.Problem, problem => problem.Contains("lacks op or ns", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_its_object_a_backup_is_bad()
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(null, sample.ManifestBytes(), VerificationDepth.Full);
        Assert.Contains("is missing", Assert.Single(result.Problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_manifest_a_zstd_backup_was_not_completed()
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(sample.Object, null, VerificationDepth.Full);
        Assert.Contains("was not completed", Assert.Single(result.Problem), StringComparison.Ordinal);
        Assert.Equal(60, result.DocumentCount);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_is_a_problem_and_the_archive_is_tested_without_it()
    {
        var sample = await SampleBackup.CreateAsync();
        var result = await TestAsync(sample.Object, "{"u8.ToArray(), VerificationDepth.Full);
        Assert.StartsWith("The manifest", Assert.Single(result.Problem), StringComparison.Ordinal);
        Assert.Equal(60, result.DocumentCount);
    }

    [Fact]
    public async Task Nothing_at_all_is_an_error() =>
        await Assert.ThrowsAsync<BackupNotFoundException>(() => TestAsync(null, null, VerificationDepth.Quick));

    [Fact]
    public async Task A_manifest_of_a_newer_format_prevents_the_test()
    {
        var sample = await SampleBackup.CreateAsync();
        await Assert.ThrowsAsync<ManifestVersionException>(
            () => TestAsync(sample.Object, sample.ManifestBytes(json => ReplaceOnce(json, "\"formatVersion\": 1", "\"formatVersion\": 9")), VerificationDepth.Quick));
    }

    [Theory]
    [InlineData("orders", null)]
    [InlineData("shop.customers", null)]
    [InlineData("shop.empty", "The critical collection shop.empty is empty.")]
    [InlineData("invoices", "The critical collection invoices is not in the backup.")]
    [InlineData("overview", "-Depth Restore")]
    public async Task Critical_collections_are_there_and_not_empty(string name, string? problem)
    {
        var sample = await SampleBackup.CreateAsync();
        foreach (var depth in new[] { VerificationDepth.Quick, VerificationDepth.Full })
        {
            var result = await TestAsync(sample.Object, sample.ManifestBytes(), depth, name);
            Assert.Equal(problem is null, result.IsValid);
            Assert.True(problem is null || result.Problem.Single().Contains(problem, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_test_can_be_cancelled()
    {
        var sample = await SampleBackup.CreateAsync();
        await WriteAsync(SampleBackup.Key, sample.Object);
        await WriteAsync(BackupKey.ManifestOf(SampleBackup.Key), sample.ManifestBytes());
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(store, VerificationDepth.Full, [], stop.Token));
    }

    public void Dispose() => _folder.Dispose();

    private static string ReplaceOnce(string text, string what, string with)
    {
        var at = text.IndexOf(what, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{what} is not in the manifest.");
        return text[..at] + with + text[(at + what.Length)..];
    }

    private static string Swap(string json, BlockManifest first, BlockManifest second)
    {
        string Entry(BlockManifest block, long offset) =>
            $"\"offset\": {offset},\n      \"storedSize\": {block.StoredSize},\n      \"size\": {block.Size}\n";

        json = json.ReplaceLineEndings("\n");
        json = ReplaceOnce(json, Entry(second, second.Offset), "second");
        json = ReplaceOnce(json, Entry(first, first.Offset), Entry(second, first.Offset));
        return ReplaceOnce(json, "second", Entry(first, first.Offset + second.StoredSize));
    }

    private async Task<VerificationResult> TestAsync(byte[]? stored, byte[]? manifest, VerificationDepth depth, params string[] critical)
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await store.DeleteAsync(SampleBackup.Key, CancellationToken.None);
        await store.DeleteAsync(BackupKey.ManifestOf(SampleBackup.Key), CancellationToken.None);
        if (stored is not null)
        {
            await WriteAsync(SampleBackup.Key, stored);
        }

        if (manifest is not null)
        {
            await WriteAsync(BackupKey.ManifestOf(SampleBackup.Key), manifest);
        }

        return await RunAsync(store, depth, critical, CancellationToken.None);
    }

    private async Task WriteAsync(string key, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, bytes);
    }

    private static Task<VerificationResult> RunAsync(IObjectStore store, VerificationDepth depth, string[] critical, CancellationToken cancellationToken)
    {
        var options = new VerificationOptions
        {
            WorkingDirectory = Path.GetTempPath(),
            Backup = new BackupInfo { Key = SampleBackup.Key },
            Depth = depth,
            CriticalCollection = critical,
        };
        return new VerificationPipeline(store, new BufferPool(), new SilentReporter(), TimeProvider.System).RunAsync(options, cancellationToken);
    }
}
