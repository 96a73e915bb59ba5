namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Counts the keys that were sent into each database, and when their time comes, so that counts can be compared afterwards.</summary>
/// <param name="begin">The server's time when the restore began, milliseconds since 1970.</param>
internal sealed class SentKeys(long begin)
{
    private const long Minute = 60_000;
    private const int Minutes = 24 * 60;

    private readonly SortedDictionary<int, Database> _databases = [];

    /// <summary>The databases that got keys.</summary>
    public IEnumerable<int> Databases => _databases.Keys;

    /// <summary>Counts a key.</summary>
    public void Add(int database, long? expiresAt)
    {
        if (!_databases.TryGetValue(database, out var counts))
        {
            _databases.Add(database, counts = new Database());
        }

        counts.Keys++;
        if (expiresAt is { } expiry)
        {
            counts.Expiring[Math.Clamp((expiry - begin) / Minute, 0, Minutes - 1)]++;
        }
    }

    /// <summary>Keys sent into a database.</summary>
    public long CountOf(int database) => _databases.TryGetValue(database, out var counts) ? counts.Keys : 0;

    /// <summary>The most of them that may have expired at a time, milliseconds since 1970: it is known to the minute, and for the first day.</summary>
    public long MostExpired(int database, long now) => _databases.TryGetValue(database, out var counts)
        ? counts.Expiring.AsSpan(0, (int)Math.Clamp(((now - begin) / Minute) + 2, 0, Minutes)).ToArray().Sum()
        : 0;

    private sealed class Database
    {
        public long Keys { get; set; }

        public long[] Expiring { get; } = new long[Minutes];
    }
}
