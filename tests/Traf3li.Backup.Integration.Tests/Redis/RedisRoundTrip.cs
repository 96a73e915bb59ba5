using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Backups of Redis in a folder of their own, and their restores and tests, as a user runs them.</summary>
internal sealed class RedisRoundTrip : IDisposable
{
    private readonly BackupEngine _engine = new();

    /// <summary>Where the backups are.</summary>
    public TemporaryFolder Folder { get; } = new();

    /// <summary>What was said.</summary>
    public RecordingReporter Reporter { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A server with every type of value; null finds the machine's own program.</summary>
    public static async Task<RedisServer> FilledAsync(string? program = null, bool small = true)
    {
        var server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = program });
        using var client = await RespTestClient.ConnectAsync(server);
        SampleKeys.Fill(client, small);
        return server;
    }

    /// <summary>What a server holds: a line for each key, with a hash of its value and expiry, and one for what streams have besides.</summary>
    public static async Task<IReadOnlyList<string>> StateAsync(RedisServer server)
    {
        await server.UntilAsync("INFO persistence", "rdb_bgsave_in_progress:0");
        using var client = await RespTestClient.ConnectAsync(server);
        var rdb = RestoreCheck.Save(server, client);
        return
        [
            .. RestoreCheck.Digests(rdb).Select(key => $"{key.Key} {key.Value:x32}"),
            .. RestoreCheck.StreamFacts(rdb).Select(key => $"{key.Key} {key.Value}"),
        ];
    }

    public Task<BackupInfo> BackUpAsync(RedisServer server) => _engine.BackupAsync(
        new BackupOptions { WorkingDirectory = Folder.Path, Destination = Folder.Path, Environment = "test", Source = BackupSource.Redis, Uri = server.Uri },
        Reporter,
        Token);

    public Task<RestoreResult> RestoreAsync(BackupInfo backup, string uri, Func<RestoreOptions, RestoreOptions>? change = null) =>
        _engine.RestoreAsync((change ?? (options => options))(Options(backup, uri)), Reporter, Token);

    /// <summary>Restores by the engine's own pipeline, with what only tests change.</summary>
    public Task<RestoreResult> RestoreAsync(
        BackupInfo backup, string uri, RedisRestoreSizes sizes, IObjectStore? store = null, TimeProvider? time = null, Func<RestoreOptions, RestoreOptions>? change = null) =>
        new RedisRestorePipeline(
            RedisUri.Parse(uri), store ?? Store(), new BufferPool(), new ReplicationOptions(), Reporter, time ?? TimeProvider.System) { Sizes = sizes }
            .RunAsync((change ?? (options => options))(Options(backup, uri)), "test", Token);

    /// <summary>The folder as a store.</summary>
    public FileSystemStore Store() => new(Folder.Path, TimeProvider.System);

    public Task<RestorePlan> PlanAsync(BackupInfo backup, string uri, Func<RestoreOptions, RestoreOptions>? change = null) =>
        _engine.PlanRestoreAsync((change ?? (options => options))(Options(backup, uri)), Reporter, Token);

    public Task<VerificationResult> DrillAsync(BackupInfo backup, string scratch) => _engine.TestAsync(
        new VerificationOptions { WorkingDirectory = Folder.Path, Destination = Folder.Path, Backup = backup, Depth = VerificationDepth.Restore, ScratchUri = scratch },
        Reporter,
        Token);

    public void Dispose() => Folder.Dispose();

    private RestoreOptions Options(BackupInfo backup, string uri) =>
        new() { WorkingDirectory = Folder.Path, Destination = Folder.Path, Environment = "test", Backup = backup, Uri = uri, NoSafetyBackup = true };
}
