using System.Formats.Tar;
using System.IO.Compression;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Tests.Redis.Rdb;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;
using CorpusTests = Traf3li.Backup.Engine.Tests.Archive.CorpusTests;

namespace Traf3li.Backup.Engine.Tests.Verification;

/// <summary>Archives and dump folders outside any destination: described, and tested without or with a manifest.</summary>
public sealed class PathVerificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [MemberData(nameof(CorpusTests.Archives), MemberType = typeof(CorpusTests))]
    public async Task Archives_of_the_stock_tool_are_valid(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var path = Corpus.PathOf(file);
        var backup = await DescribeAsync(path);
        Assert.Equal(path, backup.Path);
        Assert.Equal(Path.GetFileName(file), backup.Key);
        Assert.Equal(BackupStatus.Legacy, backup.Status);
        Assert.Equal(new FileInfo(path).Length, backup.Size);
        Assert.Equal(file.EndsWith(".gz", StringComparison.Ordinal) ? CompressionMethod.Gzip : CompressionMethod.None, backup.Compression);
        Assert.NotEmpty(backup.Database);

        var result = await TestAsync(backup, VerificationDepth.Full);
        Assert.Empty(result.Problem);
        Assert.NotEmpty(result.Warning);
        Assert.Equal(backup.Size, result.BytesRead);
        Assert.True(result.DocumentCount > 0);
        Assert.Empty((await TestAsync(backup, VerificationDepth.Quick)).Problem);
    }

    [Theory]
    [InlineData("stock/6.0.5-dir.tar", CompressionMethod.None)]
    [InlineData("stock/6.0.5-dir-gzip.tar", CompressionMethod.Gzip)]
    [InlineData("stock/7.0.28-dir.tar", CompressionMethod.None)]
    public async Task Dump_folders_are_valid(string file, CompressionMethod compression)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        await TarFile.ExtractToDirectoryAsync(Corpus.PathOf(file), _folder.Path, overwriteFiles: false);
        var root = Directory.GetDirectories(_folder.Path) is [var only] && Directory.GetFiles(_folder.Path).Length == 0 && Directory.GetDirectories(only).Length > 0
            ? only
            : _folder.Path;
        var backup = await DescribeAsync(root);
        Assert.Equal(compression, backup.Compression);
        var result = await TestAsync(backup, VerificationDepth.Full);
        Assert.Empty(result.Problem);
        Assert.True(result.DocumentCount > 0);
        Assert.Equal(backup.Size, result.BytesRead);
    }

    [Theory]
    [MemberData(nameof(RdbCorpus.Files), MemberType = typeof(RdbCorpus))]
    public async Task Rdb_files_are_valid(string file)
    {
        var path = await WriteAsync(file, RdbCorpus.Read(file));
        var backup = await DescribeAsync(path);
        Assert.Equal((BackupSource.Redis, BackupStatus.Legacy, path), (backup.Source, backup.Status, backup.Path));

        var result = await TestAsync(backup, VerificationDepth.Full);

        Assert.Empty(result.Problem);
        Assert.Equal(backup.Size, result.BytesRead);
        Assert.NotNull(result.Redis);
        Assert.Empty((await TestAsync(backup, VerificationDepth.Quick)).Problem);
    }

    [Fact]
    public async Task A_compressed_rdb_is_dated_by_its_server()
    {
        using var stored = new MemoryStream();
        await using (var gzip = new GZipStream(stored, CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(RdbCorpus.Read("listpack.rdb"));
        }

        var backup = await DescribeAsync(await WriteAsync("copied.rdb.gz", stored.ToArray()));

        Assert.Equal(CompressionMethod.Gzip, backup.Compression);
        Assert.Equal(DateTimeKind.Utc, backup.Date.Kind);
        Assert.InRange(backup.Date, new DateTime(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Empty((await TestAsync(backup, VerificationDepth.Full)).Problem);
    }

    [Fact]
    public async Task A_damaged_rdb_tells_where()
    {
        var bytes = RdbCorpus.Read("listpack.rdb");
        bytes[bytes.Length / 2] ^= 0x40;
        var backup = await DescribeAsync(await WriteAsync("damaged.rdb", bytes));
        Assert.NotEmpty((await TestAsync(backup, VerificationDepth.Full)).Problem);
    }

    [Fact]
    public async Task A_damaged_archive_tells_where()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var bytes = await File.ReadAllBytesAsync(Corpus.PathOf("stock/6.0.5-full.archive"));
        bytes[^2000] ^= 0x10;
        var path = await WriteAsync("damaged.archive", bytes);
        var result = await TestAsync(await DescribeAsync(path), VerificationDepth.Full);
        Assert.Contains(result.Problem, problem => problem.Contains("at byte", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cut_archive_is_bad()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var bytes = await File.ReadAllBytesAsync(Corpus.PathOf("stock/6.0.5-full.archive.gz"));
        var path = await WriteAsync("cut.archive.gz", bytes[..^500]);
        var result = await TestAsync(await DescribeAsync(path), VerificationDepth.Full);
        Assert.Contains("What lies behind that place was not tested.", Assert.Single(result.Problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_cut_in_its_prelude_is_described_and_bad()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var bytes = await File.ReadAllBytesAsync(Corpus.PathOf("stock/6.0.5-full.archive"));
        var backup = await DescribeAsync(await WriteAsync("cut.archive", bytes[..1000]));
        Assert.Contains("it ends where", Assert.Single(backup.Warning), StringComparison.Ordinal);
        var result = await TestAsync(backup, VerificationDepth.Quick);
        Assert.Contains("it ends where", Assert.Single(result.Problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_its_manifest_beside_it_a_copied_archive_is_complete()
    {
        var sample = await SampleBackup.CreateAsync();
        var path = await WriteAsync("copied.archive.zst", sample.Object);
        await WriteAsync("copied.archive.zst" + BackupKey.ManifestSuffix, sample.ManifestBytes());
        var backup = await DescribeAsync(path);
        Assert.Equal(BackupStatus.Complete, backup.Status);
        Assert.Equal("copied.archive.zst", backup.Key);
        Assert.Null(backup.Destination);
        Assert.Equal(DateTime.UnixEpoch, backup.Date);
        Assert.NotNull(backup.Manifest);
        foreach (var depth in new[] { VerificationDepth.Quick, VerificationDepth.Full })
        {
            var result = await TestAsync(backup, depth);
            Assert.Empty(result.Problem);
            Assert.Empty(result.Warning);
        }

        sample.Object[^20] ^= 1;
        await WriteAsync("copied.archive.zst", sample.Object);
        Assert.False((await TestAsync(backup, VerificationDepth.Full)).IsValid);
    }

    [Fact]
    public async Task Through_the_index_only_the_wanted_blocks_of_a_file_are_read()
    {
        var sample = await SampleBackup.CreateAsync();
        var path = await WriteAsync("copied.archive.zst", sample.Object);
        await WriteAsync("copied.archive.zst" + BackupKey.ManifestSuffix, sample.ManifestBytes());
        var backup = await DescribeAsync(path);
        await using var reader = await BackupReader.OpenAsync(backup, store: null, item => item.Collection == "customers", new BufferPool(), CancellationToken.None);
        var count = 0;
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            using (batch)
            {
                Assert.True(batch.IsOplog || batch.Collection == "customers");
                count += batch.IsOplog ? 0 : batch.Count;
            }
        }

        Assert.Equal(20, count);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_makes_it_Legacy_with_a_warning()
    {
        var sample = await SampleBackup.CreateAsync();
        var path = await WriteAsync("copied.archive.zst", sample.Object);
        await WriteAsync("copied.archive.zst" + BackupKey.ManifestSuffix, "no"u8.ToArray());
        var backup = await DescribeAsync(path);
        Assert.Equal(BackupStatus.Legacy, backup.Status);
        Assert.Equal(CompressionMethod.Zstd, backup.Compression);
        Assert.Equal(["shop"], backup.Database);
        Assert.Single(backup.Warning);
    }

    [Fact]
    public async Task The_name_of_a_backup_tells_its_date_type_and_environment()
    {
        var sample = await SampleBackup.CreateAsync();
        var backup = await DescribeAsync(await WriteAsync("mongodb-weekly-production-2026-11-23T01-02-03-004Z.archive.zst", sample.Object));
        Assert.Equal(new DateTime(2026, 11, 23, 1, 2, 3, 4, DateTimeKind.Utc), backup.Date);
        Assert.Equal(BackupType.Weekly, backup.Type);
        Assert.Equal("production", backup.Environment);
    }

    [Fact]
    public async Task What_is_not_there_or_no_backup_is_an_error()
    {
        await Assert.ThrowsAsync<BackupNotFoundException>(() => DescribeAsync(Path.Combine(_folder.Path, "none")));
        var text = await WriteAsync("text.archive", "this is no archive"u8.ToArray());
        await Assert.ThrowsAsync<ForeignFileException>(() => DescribeAsync(text));
        var empty = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName;
        await Assert.ThrowsAsync<ForeignFileException>(() => DescribeAsync(empty));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<BackupInfo> DescribeAsync(string path) =>
        new BackupEngine().OpenPathAsync(new PathQuery { WorkingDirectory = Path.GetTempPath(), Path = path }, new SilentReporter(), CancellationToken.None);

    private static Task<VerificationResult> TestAsync(BackupInfo backup, VerificationDepth depth) =>
        new BackupEngine().TestAsync(
            new VerificationOptions { WorkingDirectory = Path.GetTempPath(), Backup = backup, Depth = depth }, new SilentReporter(), CancellationToken.None);

    private async Task<string> WriteAsync(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllBytesAsync(path, bytes);
        return path;
    }
}
