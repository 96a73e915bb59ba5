using System.Collections.Concurrent;
using System.Globalization;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Says on the server itself that a restore is under way, since a restore in Redis is not atomic: the hash <see cref="Key" /> in database 0, set
/// before the first write and removed after the last. As long as the restore lives it gives a sign of life; what is left of one that died
/// tells every later run what happened.
/// </summary>
internal sealed class RestoreMarker : IAsyncDisposable
{
    /// <summary>The key.</summary>
    public const string Key = "traf3li:restore:unfinished";

    /// <summary>How long a restore counts as alive after its last sign; one that was killed on another machine blocks for so long.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // A process lives on after one of its restores has failed; then its marker is void all the same.
    private static readonly ConcurrentDictionary<string, bool> RunningHere = new(StringComparer.Ordinal);

    private readonly RedisNode _node;
    private readonly RedisConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly UnfinishedRestore _restore;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _signs;

    private RestoreMarker(RedisNode node, RedisConnectionOptions options, TimeProvider time, UnfinishedRestore restore)
    {
        _node = node;
        _options = options;
        _time = time;
        _restore = restore;
        RunningHere[restore.Id] = true;
        _signs = Task.Run(() => GiveSignsAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Signalled when another restore has taken the server over, because this one gave no sign for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The key's bytes.</summary>
    public static ReadOnlySpan<byte> KeyBytes => "traf3li:restore:unfinished"u8;

    /// <summary>Whether a key is the marker.</summary>
    public static bool IsMarker(ReadOnlySpan<byte> key) => key.SequenceEqual(KeyBytes);

    /// <summary>Reads what an earlier or other restore left; null when there is nothing.</summary>
    /// <param name="connection">To the server that holds the key, in database 0.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<(UnfinishedRestore Restore, bool IsAlive)?> FindAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.CallAsync("HGETALL", ["HGETALL", Key], cancellationToken).ConfigureAwait(false);
        return UnfinishedRestore.Read(reply.Items) is { } found
            ? (found, IsAlive(found, await ReadTimeAsync(connection, cancellationToken).ConfigureAwait(false)))
            : null;
    }

    /// <summary>Sets the marker.</summary>
    /// <param name="node">The server that holds the key.</param>
    /// <param name="options">The limits of its connections.</param>
    /// <param name="time">The clock between signs of life.</param>
    /// <param name="backupKey">What is restored.</param>
    /// <param name="scope">What of it, and how.</param>
    /// <param name="safetyBackupKey">The safety backup; null when none was taken.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RestoreInProgressException">Another restore writes to the server.</exception>
    public static async Task<RestoreMarker> SetAsync(
        RedisNode node,
        RedisConnectionOptions options,
        TimeProvider time,
        string backupKey,
        string scope,
        string? safetyBackupKey,
        CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);

        // What is found here may be taken over by somebody else at the same moment; then EXEC does nothing.
        await connection.CallAsync("WATCH", ["WATCH", Key], cancellationToken).ConfigureAwait(false);
        var found = await FindAsync(connection, cancellationToken).ConfigureAwait(false);
        RequireDead(found, node);
        var now = await ReadTimeAsync(connection, cancellationToken).ConfigureAwait(false);
        var restore = new UnfinishedRestore
        {
            Id = Guid.NewGuid().ToString("n"),
            BackupKey = backupKey,
            Scope = scope,
            Owner = RestoreOwner.Current(),
            BeganAt = now,
            SeenAt = now,
            SafetyBackupKey = safetyBackupKey,
        };
        return await TryReplaceAsync(connection, restore, cancellationToken).ConfigureAwait(false)
            ? new RestoreMarker(node, options, time, restore)
            : throw new RestoreInProgressException(node.Endpoint.ToString(), "it began at this moment.");
    }

    /// <summary>Refuses while another restore lives.</summary>
    /// <exception cref="RestoreInProgressException">It does.</exception>
    public static void RequireDead((UnfinishedRestore Restore, bool IsAlive)? found, RedisNode node)
    {
        if (found is { IsAlive: true, Restore: var other })
        {
            throw new RestoreInProgressException(node.Endpoint.ToString(), $"{other.Owner} restores {other.BackupKey}.");
        }
    }

    /// <summary>The error of a restore whose server another one took over.</summary>
    public static RestoreInProgressException TakenOver(RedisNode node) =>
        new(node.Endpoint.ToString(), "it took the server over, because this restore gave no sign of life for too long.");

    /// <summary>Removes the marker, or puts back what an earlier restore left that this one did not make good.</summary>
    /// <exception cref="RestoreInProgressException">Another restore has taken the server over.</exception>
    public async Task RemoveAsync(UnfinishedRestore? stillUnfinished, CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        var connection = await RedisConnection.OpenAsync(_node, _options, _time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        await connection.CallAsync("WATCH", ["WATCH", Key], cancellationToken).ConfigureAwait(false);
        var found = await FindAsync(connection, cancellationToken).ConfigureAwait(false);
        if (found is { Restore.Id: var id }
            && (id != _restore.Id || !await TryReplaceAsync(connection, stillUnfinished, cancellationToken).ConfigureAwait(false)))
        {
            throw TakenOver(_node);
        }
    }

    /// <summary>Gives no more signs of life. The marker stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
        _lost.Dispose();
    }

    private static bool IsAlive(UnfinishedRestore found, long now)
    {
        // A sign from the future is one from before the clock was set back, or of a server that a failover left behind; who lives gives the next one soon.
        if (double.Abs((double)now - found.SeenAt) > Lease.TotalSeconds)
        {
            return false;
        }

        return found.Owner == RestoreOwner.Current() ? RunningHere.ContainsKey(found.Id) : !found.Owner.HasCertainlyEnded();
    }

    private static async Task<bool> TryReplaceAsync(RedisConnection connection, UnfinishedRestore? restore, CancellationToken cancellationToken)
    {
        await connection.CallAsync("MULTI", ["MULTI"], cancellationToken).ConfigureAwait(false);
        await connection.CallAsync("DEL", ["DEL", Key], cancellationToken).ConfigureAwait(false);
        if (restore is not null)
        {
            await connection.CallAsync("HSET", ["HSET", Key, .. restore.ToFields()], cancellationToken).ConfigureAwait(false);
        }

        var results = await connection.CallAsync("EXEC", ["EXEC"], cancellationToken).ConfigureAwait(false);
        foreach (var result in results.Items.Where(item => item.IsError))
        {
            throw RedisErrors.Translate(result.Text, connection.Node, "HSET");
        }

        return results.Items.Count > 0;
    }

    private static async Task<long> ReadTimeAsync(RedisConnection connection, CancellationToken cancellationToken) =>
        await ServerClock.ReadAsync(connection, cancellationToken).ConfigureAwait(false) / 1000;

    private async Task StopAsync()
    {
        RunningHere.TryRemove(_restore.Id, out _);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _signs.ConfigureAwait(false);
    }

    private async Task GiveSignsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    await GiveSignAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (BackupException)
                {
                    // The server's trouble stops the restore itself, or passes before the next sign.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The restore has ended.
        }
    }

    private async Task GiveSignAsync(CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(_node, _options, _time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        var now = await ReadTimeAsync(connection, cancellationToken).ConfigureAwait(false);
        var id = (await connection.CallAsync("HGET", ["HGET", Key, "id"], cancellationToken).ConfigureAwait(false)).Text;
        if (id.Length > 0 && id != _restore.Id)
        {
            await _lost.CancelAsync().ConfigureAwait(false);
            return;
        }

        // Whoever empties the database takes the marker away too: then all of it is written again.
        string[] fields = id.Length == 0
            ? [.. (_restore with { SeenAt = now }).ToFields()]
            : ["seenAt", now.ToString(CultureInfo.InvariantCulture)];
        await connection.CallAsync("HSET", ["HSET", Key, .. fields], cancellationToken).ConfigureAwait(false);
    }
}
