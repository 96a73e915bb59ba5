using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// Rebuilds a stream: its entries with their ids, what it says of itself, its groups and consumers, and their pending entries with time and
/// number of deliveries (redis.io/docs/latest/commands: xadd, xsetid, xgroup-create, xclaim). Of a group its pending entries are held: 32 bytes each.
/// </summary>
internal sealed class StreamRebuilder(RestoreAbilities abilities) : RdbVisitor
{
    private const int MostClaimed = 100;

    // More arguments than twice as many no server takes (networking.c, processMultibulkBuffer).
    private const long MostFields = (int.MaxValue / 2) - 8;

    private static ReadOnlySpan<byte> Maker => "traf3li"u8;

    private readonly List<Delivery> _deliveries = [];
    private readonly List<RdbStreamId> _claimed = [];
    private ReadOnlyMemory<byte> _key;
    private RestoreLane _lane = null!;
    private Func<string, RdbCorruptException> _corrupt = null!;
    private byte[] _group = [];
    private byte[] _consumer = [];
    private Delivery _claim;
    private bool _isStreaming;

    /// <summary>Whether the stream has consumers.</summary>
    public bool HasConsumers { get; private set; }

    /// <summary>Whether something was left out that the target cannot keep.</summary>
    public bool LostExtras { get; private set; }

    /// <summary>Begins a key.</summary>
    /// <param name="lane">Where the key was begun.</param>
    /// <param name="key">The key.</param>
    /// <param name="corrupt">The error of damage.</param>
    public void Begin(RestoreLane lane, ReadOnlyMemory<byte> key, Func<string, RdbCorruptException> corrupt)
    {
        _corrupt = corrupt;
        _lane = lane;
        _key = key;
        HasConsumers = false;
        LostExtras = false;
        _deliveries.Clear();
        _claimed.Clear();
    }

    /// <summary>Sends what the last consumer has.</summary>
    public void End() => Claim();

    /// <inheritdoc />
    public override void OnStreamEntry(RdbStreamId id, long fields)
    {
        if (fields > MostFields)
        {
            throw _corrupt($"an entry of a stream has {fields} fields");
        }

        BeginCommand(RestoreCommand.XAdd, 1 + (2 * fields));
        _lane.Argument(id);
    }

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
    {
        if (!_isStreaming)
        {
            _lane.BeginArgument(bytes.Length + remaining);
        }

        _lane.Piece(bytes);
        _isStreaming = remaining > 0;
    }

    /// <inheritdoc />
    public override void OnStreamFacts(in RdbStreamFacts facts)
    {
        if (facts.Entries == 0)
        {
            // A group that is made with the stream leaves it behind when it goes.
            BeginCommand(RestoreCommand.XGroupCreate, 3);
            _lane.Argument(Maker);
            _lane.Argument(0);
            _lane.Argument("MKSTREAM"u8);
            BeginCommand(RestoreCommand.XGroupDestroy, 1);
            _lane.Argument(Maker);
        }

        var has = facts is { EntriesAdded: not null, MaximalDeletedId: not null };
        var counts = has && abilities.HasStreamCounts;
        LostExtras |= has && !counts;
        BeginCommand(RestoreCommand.XSetId, counts ? 5 : 1);
        _lane.Argument(facts.LastId);
        if (counts)
        {
            _lane.Argument("ENTRIESADDED"u8);
            _lane.Argument(facts.EntriesAdded!.Value);
            _lane.Argument("MAXDELETEDID"u8);
            _lane.Argument(facts.MaximalDeletedId!.Value);
        }
    }

    /// <inheritdoc />
    public override void OnStreamGroup(ReadOnlySpan<byte> name, RdbStreamId lastDelivered, long? entriesRead)
    {
        Claim();
        _deliveries.Clear();
        _group = name.ToArray();
        var read = abilities.HasStreamCounts ? entriesRead : null;
        BeginCommand(RestoreCommand.XGroupCreate, read is null ? 2 : 4);
        _lane.Argument(_group);
        _lane.Argument(lastDelivered);
        if (read is not null)
        {
            _lane.Argument("ENTRIESREAD"u8);
            _lane.Argument(read.Value);
        }
    }

    /// <inheritdoc />
    public override void OnPendingEntry(RdbStreamId id, long deliveredAt, long deliveries) => _deliveries.Add(new Delivery(id, deliveredAt, deliveries));

    /// <inheritdoc />
    public override void OnConsumer(ReadOnlySpan<byte> name, long seenAt, long? activeAt)
    {
        Claim();
        HasConsumers = true;
        _consumer = name.ToArray();
        if (abilities.HasConsumerCreation)
        {
            BeginCommand(RestoreCommand.XGroupCreateConsumer, 2);
            _lane.Argument(_group);
            _lane.Argument(_consumer);
        }
        else
        {
            LostExtras = true;
        }
    }

    /// <inheritdoc />
    public override void OnConsumerEntry(RdbStreamId id)
    {
        var index = _deliveries.BinarySearch(new Delivery(id, 0, 0), Delivery.ById);
        if (index < 0)
        {
            throw _corrupt("a consumer has an entry that its group does not know");
        }

        var delivery = _deliveries[index];
        if (_claimed.Count >= MostClaimed || (_claimed.Count > 0 && (delivery.At != _claim.At || delivery.Times != _claim.Times)))
        {
            Claim();
        }

        _claim = delivery;
        _claimed.Add(id);
    }

    private void BeginCommand(RestoreCommand command, long arguments, int expected = 0)
    {
        _lane.Begin(command, 1 + arguments, expected);
        _lane.Argument(_key.Span);
    }

    /// <summary>Gives the consumer entries that were delivered at the same time and equally often.</summary>
    private void Claim()
    {
        if (_claimed.Count == 0)
        {
            return;
        }

        BeginCommand(RestoreCommand.XClaim, 9 + _claimed.Count, _claimed.Count);
        _lane.Argument(_group);
        _lane.Argument(_consumer);
        _lane.Argument(0);
        foreach (var id in _claimed)
        {
            _lane.Argument(id);
        }

        _lane.Argument("TIME"u8);
        _lane.Argument(_claim.At);
        _lane.Argument("RETRYCOUNT"u8);
        _lane.Argument(_claim.Times);
        _lane.Argument("FORCE"u8);
        _lane.Argument("JUSTID"u8);
        _claimed.Clear();
    }

    private readonly record struct Delivery(RdbStreamId Id, long At, long Times)
    {
        public static IComparer<Delivery> ById { get; } = Comparer<Delivery>.Create((left, right) =>
            left.Id.Milliseconds != right.Id.Milliseconds
                ? left.Id.Milliseconds.CompareTo(right.Id.Milliseconds)
                : left.Id.Sequence.CompareTo(right.Id.Sequence));
    }
}
