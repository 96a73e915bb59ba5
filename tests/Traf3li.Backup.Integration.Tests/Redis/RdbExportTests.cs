using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>A backup written as an RDB that a server starts from.</summary>
public sealed class RdbExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string OutFile => Path.Combine(_folder.Path, "dump.rdb");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.None)]
    public async Task A_server_starts_from_the_file_with_every_value(CompressionMethod compression)
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, compression);

        var export = await ExportAsync(backup);

        var file = Assert.Single(export.File);
        Assert.Equal((OutFile, new FileInfo(OutFile).Length, backup.DocumentCount), (file.Path, file.Size, file.KeyCount));
        Assert.Equal(3, export.NextStep.Count);
        Assert.Contains(OutFile, export.NextStep[1], StringComparison.Ordinal);
        await using var other = await RedisServer.StartAsync(new RedisServerOptions { Rdb = OutFile }, Token);
        var before = await BackUpAsync(server.Uri, CompressionMethod.None);
        var after = await BackUpAsync(other.Uri, CompressionMethod.None);
        Assert.Equal(await DigestsAsync(before), await DigestsAsync(after));
    }

    [Fact]
    public async Task A_file_that_exists_stays_unless_it_is_to_be_replaced()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.Gzip);
        await File.WriteAllTextAsync(OutFile, "kept", Token);

        var refusal = await Assert.ThrowsAsync<ConfigurationInvalidException>(() => ExportAsync(backup));
        Assert.Contains("-Force", refusal.Recommendation, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(OutFile, Token));

        Assert.Equal(backup.LogicalSize, Assert.Single((await ExportAsync(backup, overwrite: true)).File).Size);
    }

    [Fact]
    public async Task Of_a_damaged_backup_nothing_is_written()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.None);
        var stored = Path.Combine(_folder.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(stored, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes, Token);

        await Assert.ThrowsAnyAsync<BackupException>(() => ExportAsync(backup));

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_stored_object_that_was_exchanged_is_found()
    {
        await using var server = await FilledAsync();
        var backup = await BackUpAsync(server.Uri, CompressionMethod.None);

        // Without its checksum it is still a whole RDB: only the recorded hash tells.
        var stored = Path.Combine(_folder.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(stored, Token);
        bytes.AsSpan(bytes.Length - 8).Clear();
        await File.WriteAllBytesAsync(stored, bytes, Token);

        await Assert.ThrowsAsync<ChecksumMismatchException>(() => ExportAsync(backup));

        Assert.False(File.Exists(OutFile));
    }

    [Fact]
    public async Task A_cluster_gives_a_file_a_primary()
    {
        await using var one = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Cluster = true });
        await using var two = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await RedisCluster.FormAsync(one, two);
        var sets = Enumerable.Range(0, 100).Select(number => $"SET key:{number} x").ToArray();
        await one.RunAsync(sets);
        await two.RunAsync(sets);
        var backup = await BackUpAsync(one.Uri, CompressionMethod.Gzip);

        var export = await ExportAsync(backup);

        Assert.Equal(["dump.rdb", "dump.shard2.rdb"], export.File.Select(file => Path.GetFileName(file.Path)));
        Assert.Equal(100, export.File.Sum(file => file.KeyCount));
        Assert.Contains("dump.shard2.rdb: 8192-16383", export.NextStep[1], StringComparison.Ordinal);
        foreach (var file in export.File)
        {
            var described = await _engine.OpenPathAsync(new PathQuery { WorkingDirectory = _folder.Path, Path = file.Path }, _reporter, Token);
            var result = await _engine.TestAsync(new VerificationOptions { WorkingDirectory = _folder.Path, Backup = described }, _reporter, Token);
            Assert.Empty(result.Problem);
            Assert.Equal(file.KeyCount, result.DocumentCount);
        }
    }

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        SampleKeys.Fill(client, small: true);
        return server;
    }

    private async Task<IReadOnlyList<string>> DigestsAsync(BackupInfo backup)
    {
        await using var rdb = File.OpenRead(Path.Combine(_folder.Path, backup.Key));
        var summary = await Engine.Redis.Rdb.RdbReader.RunAsync(
            rdb, backup.Key, reader => Engine.Redis.Rdb.RdbSummary.Read(reader, withDigest: true, Token), Token);
        return [.. summary.Databases.Values.Select(database => $"{database.Database} {database.Keys} {database.Digest}")];
    }

    private Task<RdbExport> ExportAsync(BackupInfo backup, bool overwrite = false) => _engine.ExportAsync(
        new ExportOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, OutFile = OutFile, Overwrite = overwrite }, _reporter, Token);

    private Task<BackupInfo> BackUpAsync(string uri, CompressionMethod compression) => _engine.BackupAsync(
        new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Environment = "test",
            Source = BackupSource.Redis,
            Uri = uri,
            Compression = compression,
        },
        _reporter,
        Token);
}
