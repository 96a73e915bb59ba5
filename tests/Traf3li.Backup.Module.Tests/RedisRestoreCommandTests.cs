using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests;

/// <summary>Restore-Traf3liBackup with backups of Redis, as users type it.</summary>
public sealed class RedisRestoreCommandTests : IDisposable
{
    private const string Settings =
        """
        $folder, $source, $target = $args
        $common = @{ Destination = $folder; EnvFile = "$folder/redis.env" }
        [System.IO.File]::WriteAllText("$folder/redis.env", "REDIS_URL=$source`n")
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-redis-").FullName;
    private readonly ModuleSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WhatIf_shows_the_plan_as_a_table_and_writes_nothing()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), TestContext.Current.CancellationToken);
        await target.RunAsync("SET old 1");

        var shown = Render(source, target, "New-Traf3liBackup -Source Redis @common | Restore-Traf3liBackup -Uri $target -WhatIf @common");

        foreach (var part in new[] { "Target", "TouchesLiveData", $"127.0.0.1:{target.Port}", "True", "backups/redis/" })
        {
            Assert.Contains(part, shown, StringComparison.Ordinal);
        }

        Assert.Contains(_session.Host.Recorded.Lines, line => line.Contains("What if: Restore backups/redis/", StringComparison.Ordinal) && line.Contains("Replaces the keys of db0 (about 1 keys now). Fills db2.", StringComparison.Ordinal));
        Assert.Equal("old", await target.RunAsync("KEYS *"));
        Assert.Empty(_session.Host.Recorded.Questions);
    }

    [Fact]
    public async Task New_and_Test_pass_backups_on_and_the_result_is_a_table()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), TestContext.Current.CancellationToken);

        // An empty server is filled without a question.
        var shown = Render(source, target, "New-Traf3liBackup -Source Redis @common | Test-Traf3liBackup -Depth Full -PassThru @common | Restore-Traf3liBackup -Uri $target -Verify @common");

        foreach (var part in new[] { "Target", "Duration", $"127.0.0.1:{target.Port}", " 3 " })
        {
            Assert.Contains(part, shown, StringComparison.Ordinal);
        }

        Assert.Empty(_session.Host.Recorded.Questions);
        Assert.Equal(["2", "OK", "1"], await target.RunAsync("DBSIZE", "SELECT 2", "DBSIZE"));

        shown = Render(source, target, "Get-Traf3liBackup -Source Redis -Latest 1 @common | Test-Traf3liBackup @common | Restore-Traf3liBackup -Uri $target -Confirm:$false @common | Format-List");
        foreach (var part in new[] { "Restored", "3 (such as db0 ", "Replaced", "SafetyBackupKey : backups/redis/", "db0: 2 -> 2" })
        {
            Assert.Contains(part, shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_with_keys_is_asked_about_in_words_and_no_means_no()
    {
        await using var source = await FilledAsync();
        await using var target = await RedisServer.StartAsync(new RedisServerOptions(), TestContext.Current.CancellationToken);
        await target.RunAsync("SET old 1", "SELECT 4", "SET older 1");
        _session.Host.Recorded.Answers.Enqueue('N');
        _session.Host.Recorded.Answers.Enqueue('Y');

        var first = Run(source, target, "New-Traf3liBackup -Source Redis @common | Restore-Traf3liBackup -Uri $target -KeyPattern 'k*' -DatabaseIndex 0 @common");
        Assert.Empty(first);
        Assert.Equal("old", await target.RunAsync("KEYS *"));
        var second = Run(source, target, "(Get-Traf3liBackup -Source Redis -Latest 1 @common | Restore-Traf3liBackup -Uri $target -NoSafetyBackup @common).Redis.Deleted.Count");

        Assert.Equal(["2"], second);
        var questions = _session.Host.Recorded.Questions.ToArray();
        Assert.Contains("Restore over live data", questions[0], StringComparison.Ordinal);
        Assert.Contains($"to 127.0.0.1:{target.Port}, database 0. Only keys like k*. Replaces the keys of db0 (about 1 keys now).", questions[0], StringComparison.Ordinal);
        Assert.Contains("Replaces the keys of db0 (about 1 keys now). Deletes the keys of db4 (about 1 keys now). Fills db2.", questions[1], StringComparison.Ordinal);
        Assert.EndsWith("Continue?", questions[1], StringComparison.Ordinal);
        Assert.Equal("2", await target.RunAsync("DBSIZE"));
    }

    [Fact]
    public async Task A_file_is_written_for_a_server_to_start_from()
    {
        await using var source = await FilledAsync();

        var said = Run(
            source,
            source,
            """
            $backup = New-Traf3liBackup -Source Redis @common
            try { $backup | Restore-Traf3liBackup -OutFile "$folder/dump.rdb" -Merge @common } catch { $_.FullyQualifiedErrorId.Split(',')[0] + ' ' + $_.Exception.Message }
            $backup | Restore-Traf3liBackup -OutFile "$folder/dump.rdb" -WhatIf @common
            [System.IO.File]::Exists("$folder/dump.rdb")
            $backup | Restore-Traf3liBackup -OutFile "$folder/dump.rdb" @common | Out-Null
            [System.IO.File]::Exists("$folder/dump.rdb")
            try { $backup | Restore-Traf3liBackup -OutFile "$folder/dump.rdb" @common } catch { 'kept' }
            """);

        Assert.StartsWith("ConfigurationInvalid ", said[0], StringComparison.Ordinal);
        Assert.Contains("Merge", said[0], StringComparison.Ordinal);
        Assert.Equal(["False", "True", "kept"], said[1..]);
        await using var started = await RedisServer.StartAsync(new RedisServerOptions { Rdb = Path.Combine(_folder, "dump.rdb") }, TestContext.Current.CancellationToken);
        Assert.Equal("2", await started.RunAsync("DBSIZE"));
    }

    [Theory]
    [InlineData("-KeyPattern 'a*'", "KeyPattern")]
    [InlineData("-DatabaseIndex 0", "DatabaseIndex")]
    [InlineData("-Verify", "Verify")]
    public void Parameters_of_Redis_do_not_fit_a_backup_of_MongoDB(string parameter, string name)
    {
        var backup = new BackupInfo { Key = "backups/daily/2026/01/mongodb-daily-test-2026-01-31T02-00-00-000Z.archive.gz", Destination = _folder, Date = DateTime.UnixEpoch };

        var error = _session.Fail($"$args[0] | Restore-Traf3liBackup -Uri 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200' -Destination $args[1] {parameter}", backup, _folder);

        Assert.StartsWith("ConfigurationInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(name, error.Exception.Message, StringComparison.Ordinal);
    }

    private static async Task<RedisServer> FilledAsync()
    {
        var server = await RedisServer.StartOrSkipAsync();
        await server.RunAsync("SET key value", "RPUSH list 1 2", "SELECT 2", "SET two 2");
        return server;
    }

    private string[] Run(RedisServer source, RedisServer target, string script) =>
        [.. _session.Run($"{Settings}\n{script}", _folder, source.Uri, target.Uri).Select(item => item.ToString())];

    private string Render(RedisServer source, RedisServer target, string script) => _session.Render($"{Settings}\n{script}", _folder, source.Uri, target.Uri);
}
