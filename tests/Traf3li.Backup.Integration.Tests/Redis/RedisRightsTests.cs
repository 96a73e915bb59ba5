using System.Globalization;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>The users that the README gives are able to take backups; without any one of their rights they are not, and are told which it is.</summary>
public sealed class RedisRightsTests : IDisposable
{
    private const string Setting = "ACL SETUSER ";

    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("replicator", RedisBackupMethod.Replication)]
    [InlineData("scanner", RedisBackupMethod.Scan)]
    public async Task The_rights_in_the_README_are_enough_and_each_is_needed(string user, RedisBackupMethod method)
    {
        var words = LineOf(user).Split(' ');
        var rights = words.Where(word => word[0] is '+' or '%').ToArray();
        Assert.NotEmpty(rights);
        await using var server = await RedisServer.StartOrSkipAsync();
        await using var node = await RedisServer.StartAsync(new RedisServerOptions { Cluster = true }, Token);
        await node.RunAsync("CLUSTER ADDSLOTSRANGE 0 16383");
        await node.UntilAsync("CLUSTER INFO", "cluster_state:ok");
        foreach (var one in new[] { server, node })
        {
            await one.RunAsync("SET key value", "FUNCTION LOAD \"#!lua name=mylib\\nredis.register_function('f', function() return 1 end)\"");
        }

        await server.RunAsync("SELECT 2", "SET other value");
        foreach (var one in new[] { server, node })
        {
            await one.RunAsync(string.Join(' ', words));
            var backup = await BackUpAsync(one, user, method);
            Assert.Equal((method, BackupStatus.Complete, 1), (backup.Manifest!.Redis!.Method, backup.Status, backup.Manifest.Redis.FunctionCount));
            Assert.Equal(one == server ? 2 : 1, backup.DocumentCount);
        }

        foreach (var right in rights)
        {
            // A node of a cluster needs no +select, and a plain server no +cluster|slots.
            var said = new[] { await WithoutAsync(server, right, words, user, method), await WithoutAsync(node, right, words, user, method) };
            Assert.Contains(said, text => text.Contains(right.TrimStart('%', 'R'), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_user_with_no_right_at_all_is_told_the_first_one_and_nothing_is_written()
    {
        await using var server = await RedisServer.StartOrSkipAsync();
        await server.RunAsync("ACL SETUSER nobody on >PASSWORD -@all");
        var error = await Assert.ThrowsAsync<NotAuthorizedException>(() => BackUpAsync(server, "nobody", RedisBackupMethod.Auto));
        Assert.Contains("+info", error.Recommendation, StringComparison.Ordinal);
        await server.RunAsync("ACL SETUSER nobody +info");
        error = await Assert.ThrowsAsync<NotAuthorizedException>(() => BackUpAsync(server, "nobody", RedisBackupMethod.Auto));
        Assert.Contains("+scan +dump +pexpiretime +multi +exec", error.Recommendation, StringComparison.Ordinal);
        Assert.Empty(BackupFiles.In(_folder.Path));
    }

    internal static string LineOf(string user)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Traf3li.Backup.sln")))
        {
            folder = folder.Parent!;
        }

        return File.ReadLines(Path.Combine(folder.FullName, "README.md")).Single(line => line.StartsWith($"{Setting}{user} ", StringComparison.Ordinal));
    }

    // What is said without one right: the error, or the warnings of a backup that lacks something.
    private async Task<string> WithoutAsync(RedisServer server, string right, string[] words, string user, RedisBackupMethod method)
    {
        var poorer = user + "_" + Array.IndexOf(words, right).ToString(CultureInfo.InvariantCulture);
        await server.RunAsync(string.Join(' ', words.Where(word => word != right)).Replace(user, poorer, StringComparison.Ordinal));
        try
        {
            return string.Join('\n', (await BackUpAsync(server, poorer, method)).Warning);
        }
        catch (NotAuthorizedException error)
        {
            Assert.DoesNotContain("PASSWORD", error.Message, StringComparison.Ordinal);
            return error.Recommendation;
        }
    }

    private Task<BackupInfo> BackUpAsync(RedisServer server, string user, RedisBackupMethod method) => _engine.BackupAsync(
        new BackupOptions
        {
            WorkingDirectory = _folder.Path,
            Destination = _folder.Path,
            Environment = "test",
            Source = BackupSource.Redis,
            Uri = string.Create(CultureInfo.InvariantCulture, $"redis://{user}:PASSWORD@127.0.0.1:{server.Port}"),
            Method = method,
        },
        new RecordingReporter(),
        Token);
}
