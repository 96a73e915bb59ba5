using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>One restore of one RDB, on the thread that reads it.</summary>
/// <param name="name">Names the RDB in errors.</param>
/// <param name="request">What to restore.</param>
/// <param name="abilities">What the target takes.</param>
/// <param name="filled">The databases that had keys when the restore began.</param>
/// <param name="lanes">The connections.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class RestoreRun(
    string name, RedisRestoreRequest request, RestoreAbilities abilities, IReadOnlySet<int> filled, RestoreLanes lanes, TimeProvider time) : IDisposable
{
    private readonly ValueRebuilder _rebuilder = new(abilities, name);
    private readonly SpillStream _payload = new();
    private readonly KeyTally _restored = new();
    private readonly KeyTally _expired = new();
    private readonly KeyTally _skipped = new();
    private readonly KeyTally _rebuilt = new();
    private readonly KeyTally _withoutTimes = new();
    private readonly KeyTally _withoutExtras = new();
    private int _functions;

    /// <summary>Restores all records and waits until the target has answered.</summary>
    public RedisRestoreCounts Restore(RdbReader reader, CancellationToken cancellationToken)
    {
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            if (record == RdbRecord.Key)
            {
                RestoreKey(reader);
            }
            else if (record == RdbRecord.Function && request.WithFunctions)
            {
                LoadFunction(reader);
            }
        }

        foreach (var lane in lanes.All)
        {
            lane.Drain();
        }

        return Count();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _rebuilder.Dispose();
        _payload.Dispose();
    }

    private void RestoreKey(RdbReader reader)
    {
        if (request.Takes is { } takes && !takes(reader.Database, reader.Key))
        {
            _skipped.Add(reader.Database, reader.Key);
            return;
        }

        if (request.HasExpired(reader.ExpiresAt, time))
        {
            _expired.Add(reader.Database, reader.Key);
            request.KeyDone?.Invoke(reader, expired: true);
            return;
        }

        if (lanes.IsCluster && reader.Database != 0)
        {
            throw new ServerUnsupportedException(
                abilities.Host, $"it is a cluster, which has no database {reader.Database}; the backup has keys there.", recommendation: "Choose -DatabaseIndex 0, or restore into a server that is no cluster.");
        }

        var lane = lanes.For(reader.Key);
        lane.BeginKey(reader.Database, reader.Key);
        if (reader.DataType == RdbDataType.Module)
        {
            RestoreModule(reader, lane);
        }
        else if (request.LongestPayload > 0 && abilities.FooterFor(reader.LeastVersion) is { } version && reader.TryReadRaw(request.LongestPayload, out var raw, out _))
        {
            AskExists(reader, lane);
            lane.Restore(reader.Key, raw, version, AttributesOf(reader));
            request.ValueSent?.Invoke(reader, raw);
        }
        else if (request.LongestPayload > 0 && reader.DataType == RdbDataType.Stream && abilities.FooterFor(reader.LeastVersion) is { } footer)
        {
            RestoreLongStream(reader, lane, footer);
        }
        else
        {
            Rebuild(reader, lane, reader);
        }

        _restored.Add(reader.Database, reader.Key);
        request.KeyDone?.Invoke(reader, expired: false);
    }

    /// <summary>Only its module knows what it holds, so it is restored by RESTORE whatever its length.</summary>
    private void RestoreModule(RdbReader reader, RestoreLane lane)
    {
        if (abilities.FooterFor(reader.LeastVersion) is not { } version)
        {
            throw new ServerUnsupportedException(
                abilities.Host, $"its RESTORE does not take the module's value {KeyTally.Name(reader.Database, reader.Key)}, which no other command can make.", recommendation: "Restore into a newer server, or leave the key out with -KeyPattern.");
        }

        AskExists(reader, lane);
        if (reader.TryReadRaw(Math.Max(request.LongestPayload, RdbReader.DefaultWindow), out var raw, out _))
        {
            lane.Restore(reader.Key, raw, version, AttributesOf(reader));
            return;
        }

        _payload.Clear();
        reader.CopyPayload(_payload, version);
        lane.Restore(reader.Key, _payload, AttributesOf(reader));
    }

    /// <summary>
    /// Of streams only RESTORE brings all back: consumers with their times, and pending entries that the stream no longer has. So a long one is put
    /// aside until its length is known, and rebuilt only when it is longer than servers take an argument.
    /// </summary>
    private void RestoreLongStream(RdbReader reader, RestoreLane lane, int version)
    {
        _payload.Clear();
        reader.CopyPayload(_payload, version);
        if (_payload.Length <= Math.Min(request.LongestStream, request.LongestArgument))
        {
            AskExists(reader, lane);
            lane.Restore(reader.Key, _payload, AttributesOf(reader));
            return;
        }

        using var again = new SpilledRdb(_payload, reader.PrefixLength, reader.Header, reader.Key);
        var spilled = new RdbReader(again, name);
        spilled.Read();
        Rebuild(spilled, lane, reader);
    }

    private void Rebuild(RdbReader value, RestoreLane lane, RdbReader reader)
    {
        _rebuilder.Rebuild(value, reader.ExpiresAt, lane);
        _rebuilt.Add(reader.Database, reader.Key);
        if (_rebuilder.HasConsumers)
        {
            _withoutTimes.Add(reader.Database, reader.Key);
        }

        if (_rebuilder.LostExtras)
        {
            _withoutExtras.Add(reader.Database, reader.Key);
        }
    }

    private void AskExists(RdbReader reader, RestoreLane lane)
    {
        if (filled.Contains(reader.Database))
        {
            lane.Begin(RestoreCommand.Exists, 1);
            lane.Argument(reader.Key);
        }
    }

    private static void LoadFunction(RestoreLane lane, ReadOnlySpan<byte> code)
    {
        lane.Begin(RestoreCommand.FunctionLoad, 2);
        lane.Argument("REPLACE"u8);
        lane.Argument(code);
        lane.Drain();
    }

    private void LoadFunction(RdbReader reader)
    {
        if (!abilities.HasFunctions)
        {
            throw new ServerUnsupportedException(
                abilities.Host, $"the backup has functions, and its version {abilities.Version} knows none.", recommendation: "Restore into a server of version 7.0 or newer, or choose keys with -KeyPattern '*', which leaves functions out.");
        }

        foreach (var lane in lanes.Servers)
        {
            LoadFunction(lane, reader.Function.Span);
            while (lane.LibraryRefusal is { } refusal)
            {
                if (request.DeleteOwner?.Invoke(RestoredFunctions.FunctionInTheWay(refusal)!) != true)
                {
                    throw RedisErrors.Translate(refusal, lane.Node, RestoreCommands.NameOf(RestoreCommand.FunctionLoad));
                }

                LoadFunction(lane, reader.Function.Span);
            }
        }

        request.FunctionLoaded?.Invoke(reader.Function);
        _functions++;
    }

    private RedisRestoreCounts Count() => new()
    {
        Restored = _restored.ToCount(),
        Replaced = Sum(lane => lane.Replaced),
        Expired = _expired.ToCount(),
        Skipped = _skipped.ToCount(),
        Rebuilt = _rebuilt.ToCount(),
        WithoutConsumerTimes = _withoutTimes.ToCount(),
        WithoutPendingEntries = Sum(lane => lane.WithoutPending),
        LostPendingEntries = lanes.All.Sum(lane => lane.LostPending),
        WithoutExtras = _withoutExtras.ToCount(),
        Functions = _functions,
    };

    private RedisKeyCount Sum(Func<RestoreLane, KeyTally> tally)
    {
        var counts = lanes.All.Select(lane => tally(lane).ToCount()).ToList();
        return new RedisKeyCount(counts.Sum(count => count.Count), counts.FirstOrDefault(count => count.Count > 0)?.Sample);
    }

    private static RdbKeyAttributes AttributesOf(RdbReader reader) => new(reader.ExpiresAt, reader.IdleSeconds, reader.Frequency);
}
