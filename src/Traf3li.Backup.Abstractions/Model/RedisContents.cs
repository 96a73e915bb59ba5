namespace Traf3li.Backup;

/// <summary>What a test found in a backup of Redis.</summary>
public sealed class RedisContents
{
    /// <summary>The databases that have keys, by number; of a cluster the sum of its shards.</summary>
    public IReadOnlyList<RedisDatabaseContents> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>The keys whose values take most bytes, the biggest first: ten at most.</summary>
    public IReadOnlyList<RedisKeyInfo> BiggestKey { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Libraries of functions.</summary>
    public int FunctionCount { get; init; }

    /// <summary>Modules that have values in it.</summary>
    public IReadOnlyList<string> Module { get; init => field = Indexable.Of(value); } = [];
}
