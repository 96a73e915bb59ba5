using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What a Redis server is asked, each through connections of its own.</summary>
internal sealed class RedisQuestions
{
    private readonly Probe _probe;
    private readonly EngineSettings _settings;
    private readonly ReplicationOptions _limits;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Begins to ask.</summary>
    public RedisQuestions(Probe probe, EngineSettings settings, TimeSpan connect, TimeProvider time, CancellationToken cancellationToken)
    {
        _probe = probe;
        _settings = settings;
        _limits = new ReplicationOptions { Connection = new RedisConnectionOptions { ConnectTimeout = connect, CommandTimeout = connect } };
        _time = time;
        _cancellationToken = cancellationToken;
        Server = AskAsync((redis, token) => redis.ReadAsync(token));
        Rights = AskAsync((redis, token) => redis.FindMethodAsync(token));
        Marker = AskAsync((redis, token) => redis.FindUnfinishedAsync(token));
    }

    /// <summary>Who is there.</summary>
    public Task<ProbeResult<(string Description, IReadOnlyList<string> Warnings)>> Server { get; }

    /// <summary>How it may be read.</summary>
    public Task<ProbeResult<(string Description, IReadOnlyList<string> Warnings)>> Rights { get; }

    /// <summary>What a restore has left.</summary>
    public Task<ProbeResult<(UnfinishedRestore Restore, bool IsAlive)?>> Marker { get; }

    private Task<ProbeResult<T>> AskAsync<T>(Func<RedisFacts, CancellationToken, Task<T>> ask) => _probe.RunAsync(
        "the Redis server",
        (told, token) => ask(new RedisFacts(RedisUri.Parse(_settings.RedisUrl, null), _limits, told, _time), token),
        _cancellationToken);
}
