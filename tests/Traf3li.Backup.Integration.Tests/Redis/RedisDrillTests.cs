using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Test-Traf3liBackup -Depth Restore for backups of Redis.</summary>
public sealed class RedisDrillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_of_this_machine_is_started_for_it_and_ended()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);
        Assert.SkipWhen(Engine.Redis.Restore.ScratchRedisServer.FindProgram() is null, "no redis-server or valkey-server on PATH");
        var before = Folders();

        var result = await TestAsync(backup, scratch: null);

        Assert.Empty(result.Problem);
        Assert.True(result.IsValid);
        Assert.Equal(backup.DocumentCount, result.DocumentCount);
        Assert.Contains(_reporter.Details, detail => detail.StartsWith("Started ", StringComparison.Ordinal));
        Assert.Equal(before, Folders());
    }

    [Fact]
    public async Task A_named_server_is_left_as_it_was()
    {
        await using var source = await FilledAsync();
        await using var scratch = await RedisServer.StartAsync(new RedisServerOptions { Password = "x y" }, Token);
        var backup = await BackUpAsync(source);

        var result = await TestAsync(backup, scratch.Uri);

        Assert.Empty(result.Problem);
        Assert.Equal(["0", "", "OK", "0"], await scratch.RunAsync("DBSIZE", "FUNCTION LIST", "SELECT 5", "DBSIZE"));
    }

    [Fact]
    public async Task A_server_with_keys_and_the_source_itself_are_refused()
    {
        await using var source = await FilledAsync();
        await using var scratch = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await scratch.RunAsync("SELECT 3", "SET mine 1");
        var backup = await BackUpAsync(source);

        Assert.Contains("1 keys in db3", (await Assert.ThrowsAsync<ConfigurationInvalidException>(() => TestAsync(backup, scratch.Uri))).Message, StringComparison.Ordinal);
        Assert.Contains("taken from", (await Assert.ThrowsAsync<ConfigurationInvalidException>(() => TestAsync(backup, source.Uri))).Message, StringComparison.Ordinal);
        Assert.Equal(["OK", "mine"], await scratch.RunAsync("SELECT 3", "KEYS *"));
    }

    [Fact]
    public async Task A_scratch_server_that_is_too_small_says_nothing_of_the_backup_and_is_cleaned_up()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(20_000, 1000);
        await using var scratch = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["maxmemory 10mb"] }, Token);
        var backup = await BackUpAsync(source);

        var error = await Assert.ThrowsAsync<ServerFailedException>(() => TestAsync(backup, scratch.Uri));

        Assert.Contains("OOM", error.Message, StringComparison.Ordinal);
        Assert.Equal("0", await scratch.RunAsync("DBSIZE"));
    }

    [Fact]
    public async Task A_cancelled_test_ends_its_server()
    {
        await using var source = await RedisServer.StartOrSkipAsync();
        await source.FillAsync(50_000, 1000);
        var backup = await BackUpAsync(source);
        Assert.SkipWhen(Engine.Redis.Restore.ScratchRedisServer.FindProgram() is null, "no redis-server or valkey-server on PATH");
        var before = Folders();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reporter = new CancellingReporter(stop, "Started ");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.TestAsync(Options(backup, scratch: null), reporter, stop.Token));

        Assert.Equal(before, Folders());
    }

    [Fact]
    public async Task Collections_are_refused()
    {
        await using var source = await FilledAsync();
        var backup = await BackUpAsync(source);

        var error = await Assert.ThrowsAsync<ConfigurationInvalidException>(
            () => _engine.TestAsync(Options(backup, scratch: null) with { CriticalCollection = ["a.b"] }, _reporter, Token));

        Assert.Equal("CriticalCollection", error.Setting);
    }

    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "traf3li-scratch-*");

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync();
        using var client = await RespTestClient.ConnectAsync(server);
        SampleKeys.Fill(client, small: false);
        return server;
    }

    private Task<VerificationResult> TestAsync(BackupInfo backup, string? scratch) => _engine.TestAsync(Options(backup, scratch), _reporter, Token);

    private VerificationOptions Options(BackupInfo backup, string? scratch) =>
        new() { WorkingDirectory = _folder.Path, Destination = _folder.Path, Backup = backup, Depth = VerificationDepth.Restore, ScratchUri = scratch };

    private Task<BackupInfo> BackUpAsync(RedisServer server) => _engine.BackupAsync(
        new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Environment = "test", Source = BackupSource.Redis, Uri = server.Uri },
        _reporter,
        Token);

    private sealed class CancellingReporter(CancellationTokenSource source, string beginning) : IEngineReporter
    {
        public void Verbose(string message)
        {
            if (message.StartsWith(beginning, StringComparison.Ordinal))
            {
                source.Cancel();
            }
        }

        public void Warning(string message)
        {
        }

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
