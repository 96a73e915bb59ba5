using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// The connections of a restore: some to each server, and in a cluster each key goes to the server of its slot. Keys of one server change the
/// connection now and then, so that all are kept busy; their order does not matter, as no key comes twice.
/// </summary>
internal sealed class RestoreLanes : IAsyncDisposable
{
    // Long enough to fill a part of a buffer, short enough that no connection waits long.
    private const int KeysInARow = 32;

    // With more servers one connection to each keeps the reader busy, and each takes up to 2 MiB.
    private const int MostServersWithSeveral = 4;

    private readonly List<RestoreLane>[] _servers;
    private readonly int[]? _serverOfSlot;
    private readonly int[] _turns;

    private RestoreLanes(RedisTopology topology)
    {
        _servers = [.. topology.Shards.Select(_ => new List<RestoreLane>())];
        _turns = new int[_servers.Length];
        if (topology.Kind == RedisTopologyKind.Cluster)
        {
            _serverOfSlot = new int[SlotRange.SlotCount];
            for (var server = 0; server < topology.Shards.Count; server++)
            {
                foreach (var range in topology.Shards[server].Slots)
                {
                    _serverOfSlot.AsSpan(range.First, range.Last - range.First + 1).Fill(server);
                }
            }
        }
    }

    /// <summary>Whether the target is a cluster, which has the database 0 only.</summary>
    public bool IsCluster => _serverOfSlot is not null;

    /// <summary>All connections.</summary>
    public IEnumerable<RestoreLane> All => _servers.SelectMany(lanes => lanes);

    /// <summary>One connection to each server.</summary>
    public IEnumerable<RestoreLane> Servers => _servers.Select(lanes => lanes[0]);

    /// <summary>Connects.</summary>
    public static async Task<RestoreLanes> OpenAsync(
        RedisTopology topology, int connections, long longestArgument, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var lanes = new RestoreLanes(topology);
        connections = topology.Shards.Count > MostServersWithSeveral ? 1 : connections;
        try
        {
            for (var server = 0; server < topology.Shards.Count; server++)
            {
                for (var count = 0; count < connections; count++)
                {
                    lanes._servers[server].Add(await RestoreLane.OpenAsync(topology.Shards[server].Node, longestArgument, options, time, cancellationToken).ConfigureAwait(false));
                }
            }

            return lanes;
        }
        catch
        {
            await lanes.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The connection for a key.</summary>
    public RestoreLane For(ReadOnlySpan<byte> key)
    {
        var server = _serverOfSlot is null ? 0 : _serverOfSlot[KeySlot.Of(key)];
        var lanes = _servers[server];
        return lanes[(int)((uint)_turns[server]++ / KeysInARow % (uint)lanes.Count)];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in All)
        {
            await lane.DisposeAsync().ConfigureAwait(false);
        }
    }
}
