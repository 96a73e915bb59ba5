using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests;

/// <summary>One command for both servers: one that fails does not stop the other.</summary>
public sealed class AllSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-all-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Redis_is_backed_up_although_MongoDB_cannot_be()
    {
        await using var redis = await RedisServer.StartOrSkipAsync();
        await redis.RunAsync("SET key value");
        File.WriteAllText(Path.Combine(_folder, "both.env"), $"MONGODB_URI=mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200\nREDIS_URL={redis.Uri}\n");
        using var session = new ModuleSession();

        var said = session.Run(
            """
            $backup = New-Traf3liBackup -Source All -Destination $args[0] -EnvFile "$($args[0])/both.env" -ErrorAction SilentlyContinue -ErrorVariable failure
            "$($backup.Source) $($backup.Status) $($backup.DocumentCount)"
            "$($failure.Count) $($failure[0].FullyQualifiedErrorId)"
            """,
            _folder).Select(line => line.ToString()).ToArray();

        Assert.Equal("Redis Complete 1", said[0]);
        Assert.StartsWith("1 ServerUnreachable", said[1], StringComparison.Ordinal);
    }
}
