using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Runs the examples for Redis as they stand.</summary>
public sealed class RedisExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-examples-").FullName;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["PSModulePath"] = Path.Combine(Artifact.RepositoryRoot, "out") };

    public RedisExampleTests() => _environment["BACKUP_DESTINATION"] = Directory.CreateDirectory(Path.Combine(_folder, "backups")).FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder, "task.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nightly_backup()
    {
        await using var server = await FilledAsync();
        _environment["REDIS_URL"] = server.Uri;

        var run = await RunAsync("05-scheduled-task.ps1", "-Source", "Redis", "-LogPath", "task.log");

        Assert.True(run.ExitCode is 0 or 2, run.Output);
        var log = await File.ReadAllTextAsync(Log, Token);
        Assert.Contains("INFO backups/redis/", log, StringComparison.Ordinal);
        Assert.Contains(": 3 keys", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nightly_backup_of_a_server_that_is_down()
    {
        _environment["REDIS_URL"] = $"redis://127.0.0.1:{FreePort.Next()}";

        var run = await RunAsync("05-scheduled-task.ps1", "-Source", "Redis", "-LogPath", "task.log");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ERROR ServerUnreachable", await File.ReadAllTextAsync(Log, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_pattern_into_a_scratch_server()
    {
        await using var server = await FilledAsync();
        await using var scratch = await RedisServer.StartAsync(new RedisServerOptions(), Token);
        await scratch.RunAsync("SET mine kept");
        _environment["REDIS_URL"] = server.Uri;
        _environment["TEST_REDIS_URL"] = scratch.Uri;
        await RunAsync("05-scheduled-task.ps1", "-Source", "Redis");

        var run = await RunAsync("06-redis-restore-pattern.ps1", "session:*");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("2 keys like session:*", run.Output, StringComparison.Ordinal);
        Assert.Equal(["3", "kept", "one"], await scratch.RunAsync("DBSIZE", "GET mine", "GET session:1"));
    }

    [Fact]
    public async Task A_move_to_a_server_of_another_kind()
    {
        string valkey;
        try
        {
            valkey = await NewerRedis.FindValkeyAsync(Token);
        }
        catch (ServerUnavailableException exception)
        {
            Assert.Skip(exception.Message);
            return;
        }

        await using var from = await FilledAsync();
        await using var to = await RedisServer.StartAsync(new RedisServerOptions { Program = valkey }, Token);
        await to.RunAsync("SET old gone");

        var run = await RunAsync("07-redis-move.ps1", from.Uri, to.Uri);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("3 keys moved and compared", run.Output, StringComparison.Ordinal);
        Assert.Equal(["3", "one"], await to.RunAsync("DBSIZE", "GET session:1"));
    }

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync();
        await server.RunAsync("SET session:1 one", "HSET session:2 user 2", "RPUSH queue a b c");
        return server;
    }

    // No one is there to answer questions.
    private async Task<HostProcess> RunAsync(string example, params string[] arguments)
    {
        var path = Path.Combine(_folder, "run.ps1");
        var quoted = arguments.Select(argument => argument.StartsWith('-') ? argument : $"'{argument}'");
        await File.WriteAllTextAsync(
            path, $"$ConfirmPreference = 'None'\n& '{Path.Combine(Artifact.ModulePath, "examples", example)}' {string.Join(' ', quoted)}\nexit $LASTEXITCODE", Token);
        return await HostProcess.RunAsync(path, _folder, _environment);
    }
}
