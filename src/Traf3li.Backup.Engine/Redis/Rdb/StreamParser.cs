namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Streams: entries in listpacks, then what the stream says of itself, then its consumer groups (rdb.c and t_stream.c of Redis). Type 19
/// adds counts of what ever was there, 21 when a consumer was active, 26 the ids by which producers repeat themselves safely.
/// </summary>
internal sealed class StreamParser(StreamWindow window, RdbPrimitives primitives, ListpackCursor listpack, RdbPlace place)
{
    private const long Deleted = 1;
    private const long SameFields = 2;

    private readonly MasterFields _master = new(place);

    /// <summary>Reads a stream; the number of its entries is returned.</summary>
    public long Parse(byte type, RdbVisitor? visitor)
    {
        for (var nodes = primitives.ReadCount(); nodes > 0; nodes--)
        {
            var node = primitives.ReadName();
            if (node.Length != RdbStreamId.Length)
            {
                throw window.Corrupt($"the id of a part of a stream has {node.Length} bytes");
            }

            ParseNode(RdbStreamId.Read(node), visitor);
        }

        var entries = primitives.ReadCount();
        var lastId = ReadId();
        RdbStreamId? maximalDeleted = null;
        long? added = null;
        if (type >= RdbType.StreamListpacks2)
        {
            ReadId();
            maximalDeleted = ReadId();
            added = primitives.ReadCount();
        }

        visitor?.OnStreamFacts(new RdbStreamFacts(entries, lastId, maximalDeleted, added));
        for (var groups = primitives.ReadCount(); groups > 0; groups--)
        {
            ParseGroup(type, visitor);
        }

        if (type >= RdbType.StreamListpacks4)
        {
            SkipProducers();
        }

        return entries;
    }

    private RdbStreamId ReadId()
    {
        var milliseconds = primitives.ReadNumber();
        return new RdbStreamId(milliseconds, primitives.ReadNumber());
    }

    /// <summary>
    /// A node is a listpack: how many entries, how many deleted ones, the fields of the first entry and 0; then entries of flags, the
    /// difference of the id to the node's, fields unless they are the first one's, values, and how many elements that were.
    /// </summary>
    private void ParseNode(RdbStreamId first, RdbVisitor? visitor)
    {
        var nested = primitives.OpenNested(out var length);
        listpack.Open(nested, length);
        var entries = listpack.NextInteger();
        var deleted = listpack.NextInteger();
        var fields = listpack.NextInteger();
        if (entries < 0 || deleted < 0 || fields < 0)
        {
            throw window.Corrupt("a part of a stream has a negative number of something");
        }

        _master.Clear();
        for (var index = 0L; index < fields; index++)
        {
            listpack.MustMoveNext();
            _master.BeginField();
            listpack.Emit(visitor is null ? null : _master, RdbPart.StreamField);
        }

        if (listpack.NextInteger() != 0)
        {
            throw window.Corrupt("the fields of a part of a stream do not end");
        }

        for (var left = entries + deleted; left > 0; left--)
        {
            ParseEntry(first, fields, visitor);
        }

        if (listpack.MoveNext())
        {
            throw window.Corrupt("a part of a stream has more entries than it says");
        }

        primitives.CloseNested(nested);
    }

    private void ParseEntry(RdbStreamId first, long masterFields, RdbVisitor? visitor)
    {
        var flags = listpack.NextInteger();
        var milliseconds = listpack.NextInteger();
        var id = first.Plus(milliseconds, listpack.NextInteger());
        if ((flags & Deleted) != 0)
        {
            visitor = null;
        }

        var same = (flags & SameFields) != 0;
        var fields = same ? masterFields : listpack.NextInteger();
        if (fields < 0)
        {
            throw window.Corrupt("an entry of a stream has a negative number of fields");
        }

        visitor?.OnStreamEntry(id, fields);
        for (var index = 0L; index < fields; index++)
        {
            if (!same)
            {
                listpack.MustMoveNext();
                listpack.Emit(visitor, RdbPart.StreamField);
            }
            else if (visitor is not null)
            {
                _master.Replay((int)index, visitor);
            }

            listpack.MustMoveNext();
            listpack.Emit(visitor, RdbPart.StreamValue);
        }

        var elements = listpack.NextInteger();
        if (elements != (same ? fields + 3 : (2 * fields) + 4))
        {
            throw window.Corrupt($"an entry of a stream with {fields} fields says that it has {elements} elements");
        }
    }

    private void ParseGroup(byte type, RdbVisitor? visitor)
    {
        // The memory of a name is used again by the next name, not by numbers.
        var name = primitives.ReadName();
        var lastDelivered = ReadId();
        var entriesRead = type >= RdbType.StreamListpacks2 ? Known(primitives.ReadNumber()) : null;
        visitor?.OnStreamGroup(name, lastDelivered, entriesRead);
        for (var pending = primitives.ReadCount(); pending > 0; pending--)
        {
            var id = RdbStreamId.Read(window.Take(RdbStreamId.Length));
            var deliveredAt = primitives.ReadTime();
            var deliveries = primitives.ReadCount();
            visitor?.OnPendingEntry(id, deliveredAt, deliveries);
        }

        for (var consumers = primitives.ReadCount(); consumers > 0; consumers--)
        {
            ParseConsumer(type, visitor);
        }
    }

    private void ParseConsumer(byte type, RdbVisitor? visitor)
    {
        var name = primitives.ReadName();
        var seenAt = primitives.ReadTime();
        var activeAt = type >= RdbType.StreamListpacks3 ? primitives.ReadTime() : -1;
        visitor?.OnConsumer(name, seenAt, activeAt >= 0 ? activeAt : null);
        for (var pending = primitives.ReadCount(); pending > 0; pending--)
        {
            var id = RdbStreamId.Read(window.Take(RdbStreamId.Length));
            visitor?.OnConsumerEntry(id);
        }
    }

    /// <summary>Idempotent producers of Redis 8.6: two limits, then producers with the ids they used, then two counts.</summary>
    private void SkipProducers()
    {
        primitives.ReadNumber();
        primitives.ReadNumber();
        for (var producers = primitives.ReadCount(); producers > 0; producers--)
        {
            primitives.EmitString(null, RdbPart.StreamField);
            for (var ids = primitives.ReadCount(); ids > 0; ids--)
            {
                primitives.EmitString(null, RdbPart.StreamField);
                ReadId();
            }
        }

        primitives.ReadNumber();
        primitives.ReadNumber();
    }

    private static long? Known(ulong entriesRead) => entriesRead <= long.MaxValue ? (long)entriesRead : null;
}
