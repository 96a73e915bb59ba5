using System.Net.Sockets;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>
/// The RDB that is made of a server's keys, read one by one: for servers that give no replication stream. It is not one point in time; each key is as it was when it
/// was read. It is made while it is read, in bounded memory, and who reads slowly holds the scan back.
/// </summary>
internal sealed class ScanSnapshot : IRdbSource
{
    private const int BufferSize = 256 << 10;

    private readonly RedisConnection _connection;
    private readonly ReplicationWatchdog _watchdog;
    private readonly ReplicationOptions _options;
    private readonly TimeProvider _time;
    private readonly ScanAbilities _abilities;
    private readonly KeyScanner _scanner;
    private readonly Task _scanning;
    private readonly DateTimeOffset _begun;
    private DateTimeOffset _ended;

    private ScanSnapshot(
        RedisConnection connection, ReplicationWatchdog watchdog, RedisServerFacts facts, ScanAbilities abilities, ReplicationOptions options, int? keysPerPass, TimeProvider time)
    {
        (_connection, _watchdog, _abilities, _options, _time) = (connection, watchdog, abilities, options, time);
        var pipe = new BlockPipe();
        _scanner = new KeyScanner(new ScanChannel(connection, watchdog), abilities, facts, pipe, time) { KeysPerPass = keysPerPass ?? SeenKeys.KeysPerPass };
        _begun = time.GetUtcNow();
        Rdb = pipe.Output;
        _scanning = Task.Run(() => ScanAsync(pipe));
    }

    /// <inheritdoc />
    public Stream Rdb { get; }

    /// <inheritdoc />
    public long? Length => null;

    /// <inheritdoc />
    public string? ReplicationId => null;

    /// <inheritdoc />
    public long? Offset => null;

    /// <summary>What became of the keys.</summary>
    public ScanCounts Counts => _scanner.Counts;

    /// <inheritdoc />
    public IReadOnlyList<string> Warnings => Lacks(_connection.Node.Endpoint, _abilities);

    /// <inheritdoc />
    public IReadOnlyList<string> Notes
    {
        get
        {
            var endpoint = _connection.Node.Endpoint;
            var description = Describe(endpoint, FormattableString.Invariant($" between {_begun:yyyy-MM-dd HH:mm:ss} and {_ended:HH:mm:ss} UTC"));
            return Counts.Vanished == 0
                ? [description]
                : [description, FormattableString.Invariant($"{Counts.Vanished} keys of {endpoint} expired or were deleted between their names and their values being read; they are not in the backup.")];
        }
    }

    /// <summary>Connects, finds out what the server allows, and begins to read.</summary>
    /// <param name="node">The server; a replica gives its own copy.</param>
    /// <param name="options">The limits; nothing is waited for as a fork.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait; reads have tokens of their own.</param>
    /// <param name="keysPerPass">How many keys of a database are remembered at once; null: as many as usual.</param>
    /// <exception cref="NotAuthorizedException">The user lacks rights, which are named.</exception>
    /// <exception cref="ServerUnsupportedException">The server has or allows no SCAN or DUMP.</exception>
    public static async Task<ScanSnapshot> OpenAsync(
        RedisNode node, ReplicationOptions options, TimeProvider time, CancellationToken cancellationToken, int? keysPerPass = null)
    {
        var connection = await RedisConnection.OpenAsync(node, options.Connection with { BufferSize = BufferSize }, time, cancellationToken).ConfigureAwait(false);
        try
        {
            var facts = await RedisServerFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
            var abilities = await new ScanPreparation(connection).PrepareAsync(facts, cancellationToken).ConfigureAwait(false);
            return new ScanSnapshot(connection, new ReplicationWatchdog(options, time), facts, abilities, options, keysPerPass, time);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What a scan is.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="between">When, for people; null before it was done.</param>
    public static string Describe(RedisEndpoint endpoint, string? between) =>
        $"{endpoint} is read key by key (SCAN, DUMP), so the backup is not one point in time: each key is as it was at a moment of its own{between}, and what modules keep outside of keys is not in it.";

    /// <summary>What the user's rights keep out of it.</summary>
    public static IReadOnlyList<string> Lacks(RedisEndpoint endpoint, ScanAbilities abilities) =>
        abilities.Missing.Count == 0 ? [] : [$"What {endpoint} does not let this user read is not in the backup: {string.Join(", ", abilities.Missing)}."];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _watchdog.Cancel();
        await Rdb.DisposeAsync().ConfigureAwait(false);
        await _scanning.ConfigureAwait(false);
        _watchdog.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ScanAsync(BlockPipe output)
    {
        try
        {
            await _scanner.RunAsync().ConfigureAwait(false);
            _ended = _time.GetUtcNow();
            await output.CompleteAsync(_watchdog.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is, the reader must not wait for ever.
            output.Fail(await TranslateAsync(exception).ConfigureAwait(false));
        }
    }

    private async Task<Exception> TranslateAsync(Exception exception)
    {
        var node = _connection.Node;
        switch (exception)
        {
            case OperationCanceledException when _watchdog.Expired != ReplicationLimit.None:
                var activity = await ServerActivity.AskAsync(node, _time, CancellationToken.None).ConfigureAwait(false);
                return ScanFailure.TimedOut(node, _watchdog.Expired, Counts.Written, _options, activity, exception);
            case RespException { IsClosed: false }:
                return RedisErrors.Translate(exception, node, hasAnswered: true)!;
            case IOException or SocketException when !_watchdog.Token.IsCancellationRequested:
                return ScanFailure.BrokenOff(node, Counts.Written, await ServerActivity.AskAsync(node, _time, CancellationToken.None).ConfigureAwait(false), exception);
            default:
                return exception;
        }
    }
}
