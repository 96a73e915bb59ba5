namespace Traf3li.Backup.Testing.Servers;

/// <summary>Finds a redis-server: TRAF3LI_TEST_REDIS (a path), then PATH.</summary>
public static class RedisLocator
{
    /// <summary>Why there is none, for the name of a skipped test.</summary>
    public const string MissingReason = "no redis-server: set TRAF3LI_TEST_REDIS, or put redis-server on PATH";

    /// <summary>Its path; null when there is none.</summary>
    public static string? Find() => Environment.GetEnvironmentVariable("TRAF3LI_TEST_REDIS") is { Length: > 0 } named
        ? File.Exists(named) ? named : null
        : MongodLocator.FindOnPath("redis-server");
}
