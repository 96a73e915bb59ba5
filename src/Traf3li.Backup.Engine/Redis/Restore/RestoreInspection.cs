using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>What an RDB holds of what is wanted, and what of it a target could not have; nothing is written for it.</summary>
internal sealed record RestoreInspection
{
    /// <summary>The dialect and the version.</summary>
    public required RdbHeader Header { get; init; }

    /// <summary>Keys that would be written.</summary>
    public required RedisKeyCount Restored { get; init; }

    /// <summary>Keys among them that would be rebuilt by ordinary commands, which takes several times as long as RESTORE.</summary>
    public required RedisKeyCount Rebuilt { get; init; }

    /// <summary>Keys that have expired.</summary>
    public required RedisKeyCount Expired { get; init; }

    /// <summary>Keys that are not wanted.</summary>
    public required RedisKeyCount Skipped { get; init; }

    /// <summary>Keys that would be written, by database.</summary>
    public required IReadOnlyDictionary<int, long> Keys { get; init; }

    /// <summary>Bytes of the values that would be written, as stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>Libraries of functions that would be loaded.</summary>
    public required int Functions { get; init; }

    /// <summary>The commands that rebuild keys, beside those of every restore.</summary>
    public required IReadOnlySet<RestoreCommand> Commands { get; init; }

    /// <summary>Why the target could not have all of it; empty where it could.</summary>
    public required IReadOnlyList<string> Obstacles { get; init; }

    /// <summary>What a user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The highest database that keys would be written to; -1 where there are none.</summary>
    public int HighestDatabase => Keys.Count == 0 ? -1 : Keys.Keys.Max();

    /// <summary>Reads an RDB to its end.</summary>
    /// <param name="rdb">Begins with the magic and ends with the RDB. It is not closed.</param>
    /// <param name="name">Names the RDB in errors: its key or path.</param>
    /// <param name="target">What the target takes.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="time">This machine's clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="RdbCorruptException">The RDB is damaged.</exception>
    public static Task<RestoreInspection> ReadAsync(
        Stream rdb, string name, RestoreAbilities target, RedisRestoreRequest request, TimeProvider time, CancellationToken cancellationToken) =>
        RdbReader.RunAsync(rdb, name, reader => new RestoreInspector(target, request, time).Inspect(reader, cancellationToken), cancellationToken);

    /// <summary>Throws where there are obstacles, and names them.</summary>
    /// <exception cref="ServerUnsupportedException">There are.</exception>
    public void Require(RestoreAbilities target)
    {
        if (Obstacles.Count > 0)
        {
            throw new ServerUnsupportedException(
                target.Host, string.Join(" ", Obstacles), recommendation: "Restore into a server that has what is missing, or leave these keys out with -KeyPattern.");
        }
    }
}
