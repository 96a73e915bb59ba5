namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>A server as it is before a backup. What it does not say, or does not let this user read, is null.</summary>
internal sealed record RedisServerFacts
{
    /// <summary>The server.</summary>
    public required RedisEndpoint Endpoint { get; init; }

    /// <summary><c>redis</c> or <c>valkey</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its version, of Redis or of Valkey: Valkey's compatible <c>redis_version</c> is not it.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it refuses INFO, so that nothing more is known.</summary>
    public bool IsInfoRefused { get; init; }

    /// <summary>The first number of <see cref="Version" />; null when it is not known.</summary>
    public int? MajorVersion => int.TryParse(Version.Split('.')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var major) ? major : null;

    /// <summary>What it throws away when memory is short: <c>maxmemory-policy</c>.</summary>
    public string? EvictionPolicy { get; init; }

    /// <summary><c>standalone</c>, <c>cluster</c> or <c>sentinel</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether it is a replica.</summary>
    public bool IsReplica { get; init; }

    /// <summary>Whether a replica is linked to its primary and in step; null on a primary.</summary>
    public bool? IsLinkUp { get; init; }

    /// <summary>host:port of a replica's primary; null on a primary.</summary>
    public RedisEndpoint? Primary { get; init; }

    /// <summary>Whether it is loading its data.</summary>
    public bool IsLoading { get; init; }

    /// <summary>Whether a BGSAVE runs.</summary>
    public bool IsSaving { get; init; }

    /// <summary>How long the BGSAVE has been running.</summary>
    public TimeSpan? SavingFor { get; init; }

    /// <summary>Whether its last BGSAVE succeeded.</summary>
    public bool? IsLastSaveGood { get; init; }

    /// <summary>Changes since the last save.</summary>
    public long? ChangesSinceSave { get; init; }

    /// <summary>Bytes that its data and buffers take.</summary>
    public long? UsedMemory { get; init; }

    /// <summary>Bytes of memory that the process takes.</summary>
    public long? ResidentMemory { get; init; }

    /// <summary>Its <c>maxmemory</c>, bytes; null when it has none.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>Bytes of memory of its machine. In a container that is the machine's, not the container's limit.</summary>
    public long? SystemMemory { get; init; }

    /// <summary><c>repl-diskless-sync</c>.</summary>
    public bool? IsDisklessSync { get; init; }

    /// <summary>The replica class of <c>client-output-buffer-limit</c>.</summary>
    public OutputBufferLimit? OutputBufferLimit { get; init; }

    /// <summary><c>repl-timeout</c>: after so long without progress of a diskless transfer the server drops the reader.</summary>
    public TimeSpan? ReplicationTimeout { get; init; }

    /// <summary><c>proto-max-bulk-len</c>: the longest argument of a command and the longest string, bytes.</summary>
    public long? LongestArgument { get; init; }

    /// <summary>Replicas connected to it.</summary>
    public long ConnectedReplicas { get; init; }

    /// <summary>The offset of its replication stream, bytes.</summary>
    public long? ReplicationOffset { get; init; }

    /// <summary>Keys by database; databases without keys are left out.</summary>
    public required IReadOnlyDictionary<int, long> Keys { get; init; }

    /// <summary>Bytes that the fork of a save may take on before memory is short: the machine's free memory, or what maxmemory leaves.</summary>
    public long? ForkHeadroom => SystemMemory is { } system && ResidentMemory is { } resident ? system - resident
        : MaxMemory is { } most && UsedMemory is { } used ? most - used
        : null;

    /// <summary>Asks the server. Only the right to run INFO is needed; settings are read where CONFIG GET is allowed.</summary>
    public static async Task<RedisServerFacts> ReadAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var info = await connection.InfoAsync("everything", cancellationToken).ConfigureAwait(false);
        var diskless = await connection.TryGetSettingAsync("repl-diskless-sync", cancellationToken).ConfigureAwait(false);
        var limits = await connection.TryGetSettingAsync("client-output-buffer-limit", cancellationToken).ConfigureAwait(false);
        var timeout = await connection.TryGetSettingAsync("repl-timeout", cancellationToken).ConfigureAwait(false);
        var longest = await connection.TryGetSettingAsync("proto-max-bulk-len", cancellationToken).ConfigureAwait(false);
        return From(connection.Node.Endpoint, info) with
        {
            LongestArgument = RedisInfo.ParseNumber(longest),
            IsDisklessSync = diskless is null ? null : diskless == "yes",
            OutputBufferLimit = OutputBufferLimit.OfReplicas(limits),
            ReplicationTimeout = RedisInfo.ParseNumber(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <summary>What INFO says.</summary>
    public static RedisServerFacts From(RedisEndpoint endpoint, RedisInfo info)
    {
        var isReplica = info.Text("role") is "slave" or "replica";
        var saving = info.Number("rdb_current_bgsave_time_sec");
        var limit = info.Number("maxmemory");
        return new RedisServerFacts
        {
            Endpoint = endpoint,
            Kind = info.Text("valkey_version") is null && info.Text("server_name") != "valkey" ? "redis" : "valkey",
            Version = info.Text("valkey_version") ?? info.Text("redis_version") ?? "unknown",
            IsInfoRefused = info.IsRefused,
            EvictionPolicy = info.Text("maxmemory_policy"),
            Mode = info.Text("redis_mode") ?? info.Text("server_mode") ?? "standalone",
            IsReplica = isReplica,
            IsLinkUp = isReplica && !info.IsRefused ? info.Text("master_link_status") == "up" && !info.Flag("master_sync_in_progress") : null,
            Primary = isReplica && info.Text("master_host") is { } host && info.Number("master_port") is > 0 and <= 65535 and var port
                ? RedisEndpoint.Tcp(host, (int)port)
                : null,
            IsLoading = info.Flag("loading"),
            IsSaving = info.Flag("rdb_bgsave_in_progress"),
            SavingFor = saving is >= 0 ? TimeSpan.FromSeconds(saving.Value) : null,
            IsLastSaveGood = info.Text("rdb_last_bgsave_status") is { } status ? status == "ok" : null,
            ChangesSinceSave = info.Number("rdb_changes_since_last_save"),
            UsedMemory = info.Number("used_memory"),
            ResidentMemory = info.Number("used_memory_rss"),
            MaxMemory = limit is > 0 ? limit : null,
            SystemMemory = info.Number("total_system_memory") is > 0 and var system ? system : null,
            ConnectedReplicas = info.Number("connected_slaves") ?? info.Number("connected_replicas") ?? 0,
            ReplicationOffset = info.Number("master_repl_offset"),
            Keys = KeysByDatabase(info),
        };
    }

    private static SortedDictionary<int, long> KeysByDatabase(RedisInfo info)
    {
        var keys = new SortedDictionary<int, long>();
        foreach (var name in info.Fields.Keys)
        {
            if (name.StartsWith("db", StringComparison.Ordinal)
                && RedisInfo.ParseNumber(name[2..]) is >= 0 and <= int.MaxValue and var database
                && RedisInfo.ParseNumber(info.List(name).GetValueOrDefault("keys")) is { } count)
            {
                keys[(int)database] = count;
            }
        }

        return keys;
    }
}
