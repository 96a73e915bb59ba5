using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests;

/// <summary>What New-Traf3liBackup is told of Redis reaches the engine.</summary>
public sealed class RedisParameterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-redis-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Method_replica_and_times()
    {
        await using var redis = await RedisServer.StartOrSkipAsync();
        await redis.RunAsync("SET key value");
        File.WriteAllText(Path.Combine(_folder, "redis.env"), $"REDIS_URL={redis.Uri}\nREDIS_IDLE_TIMEOUT=soon\n");
        using var session = new ModuleSession();

        var said = session.Run(
            """
            $common = @{ Source = 'Redis'; Destination = $args[0]; EnvFile = "$($args[0])/redis.env"; WarningAction = 'SilentlyContinue' }
            try { New-Traf3liBackup @common } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
            $plan = New-Traf3liBackup @common -IdleTimeout 90s -Method Scan -WhatIf
            "$($plan.Method) $($plan.Consistency)"
            $plan = New-Traf3liBackup @common -IdleTimeout 90 -WhatIf
            "$($plan.Method) $($plan.Consistency)"
            $backup = New-Traf3liBackup @common -IdleTimeout ([timespan]::FromMinutes(1)) -Timeout 1h -ForkTimeout 10m -Method Scan -PreferReplica -RateLimit 10MB -WarningVariable warned
            "$($backup.Manifest.Redis.Method) $($backup.Consistency) $($backup.DocumentCount)"
            [bool] ($warned -match 'A replica is preferred')
            """,
            _folder).Select(line => line.ToString()).ToArray();

        Assert.StartsWith("ConfigurationInvalid", said[0], StringComparison.Ordinal);
        Assert.Contains("REDIS_IDLE_TIMEOUT", said[1], StringComparison.Ordinal);
        Assert.Equal(["Scan None", "Replication Snapshot", "Scan None 1", "True"], said[2..]);
    }
}
