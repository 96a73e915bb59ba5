using Traf3li.Backup.Engine.Redis;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Scan;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Decides how servers are read, and opens them so. Where replication is refused once, the servers behind are scanned without another attempt.</summary>
internal sealed class RdbSourceOpener(RedisBackupMethod wanted, ReplicationOptions limits, TimeProvider time)
{
    private readonly List<string> _warnings = [];
    private readonly List<string> _notes = [];

    /// <summary>How servers were read so far, or are going to be: Scan as soon as one was scanned.</summary>
    public RedisBackupMethod Method { get; private set; } = wanted == RedisBackupMethod.Scan ? RedisBackupMethod.Scan : RedisBackupMethod.Replication;

    /// <summary>What a user should know of it.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>What comes with the method that was asked for.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Opens a server.</summary>
    public async Task<IRdbSource> OpenAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        if (Method == RedisBackupMethod.Replication)
        {
            try
            {
                return await ReplicationSnapshot.OpenAsync(shard.Node, limits, time, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException exception) when (wanted == RedisBackupMethod.Auto && ReplicationProbe.IsRefusal(exception))
            {
                NoteRefusal(shard.Node, exception);
            }
        }

        return await ScanSnapshot.OpenAsync(shard.Node, limits, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the warnings of what was read to its end.</summary>
    public void NoteEnd(IRdbSource source)
    {
        _warnings.AddRange(source.Warnings);
        Note(source.Notes);
    }

    /// <summary>Finds out how a backup would read, as far as that can be told without asking for an RDB.</summary>
    /// <returns>Auto where only the attempt can tell.</returns>
    /// <exception cref="ReplicationRefusedException">Replication is wanted and refused.</exception>
    /// <exception cref="NotAuthorizedException">The user lacks rights that the method needs.</exception>
    public async Task<RedisBackupMethod> PlanAsync(RedisTopology topology, IReadOnlyList<RedisServerFacts> facts, CancellationToken cancellationToken)
    {
        var isCertain = true;
        for (var index = 0; index < topology.Shards.Count; index++)
        {
            var connection = await RedisConnection.OpenAsync(topology.Shards[index].Node, limits.Connection, time, cancellationToken).ConfigureAwait(false);
            await using var ownership = connection.ConfigureAwait(false);
            isCertain &= Method == RedisBackupMethod.Scan || await ProbeAsync(connection, facts[index], cancellationToken).ConfigureAwait(false);
            if (Method == RedisBackupMethod.Scan)
            {
                var abilities = await new ScanPreparation(connection).PrepareAsync(facts[index], cancellationToken).ConfigureAwait(false);
                _warnings.AddRange(ScanSnapshot.Lacks(connection.Node.Endpoint, abilities));
                Note([ScanSnapshot.Describe(connection.Node.Endpoint, between: null)]);
            }
        }

        return isCertain || Method == RedisBackupMethod.Scan || wanted == RedisBackupMethod.Replication ? Method : RedisBackupMethod.Auto;
    }

    private async Task<bool> ProbeAsync(RedisConnection connection, RedisServerFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            return await ReplicationProbe.AskAsync(connection, facts, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException exception) when (wanted == RedisBackupMethod.Auto && ReplicationProbe.IsRefusal(exception))
        {
            NoteRefusal(connection.Node, exception);
            return true;
        }
    }

    // Who asks for a scan knows what it is; who gets one instead of a replication has to be told.
    private void Note(IEnumerable<string> notes) => (wanted == RedisBackupMethod.Scan ? _notes : _warnings).AddRange(notes);

    private void NoteRefusal(RedisNode node, BackupException exception)
    {
        Method = RedisBackupMethod.Scan;
        _warnings.Add(
            $"{node.Endpoint} gives this user no replication stream, so its keys are read one by one. {exception.Message} "
            + (exception is NotAuthorizedException
                ? "A backup of one point in time needs the rights +psync +sync +replconf."
                : "Only a server that allows PSYNC can be backed up as of one point in time."));
    }
}
