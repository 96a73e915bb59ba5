namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>Gets a value element by element. Spans hold only during the call.</summary>
internal abstract class RdbVisitor
{
    /// <summary>
    /// A piece of an element. An element up to <see cref="ByteWindow.Contiguous" /> bytes comes in one piece, a longer one in pieces of at most
    /// 1 MiB. The length of the whole element is the first piece's and <paramref name="remaining" />.
    /// </summary>
    /// <param name="part">What it is.</param>
    /// <param name="bytes">The piece; empty for an empty element.</param>
    /// <param name="remaining">How many bytes of this element follow; 0 with the last piece. Of <see cref="RdbPart.Module" /> it is not known and
    /// always 0.</param>
    public abstract void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining);

    /// <summary>The score of the member before; it may be infinite.</summary>
    public virtual void OnScore(double score)
    {
    }

    /// <summary>The field before expires.</summary>
    /// <param name="milliseconds">When, since 1970.</param>
    public virtual void OnFieldExpiry(long milliseconds)
    {
    }

    /// <summary>An entry of a stream begins.</summary>
    /// <param name="id">Its id; ids rise.</param>
    /// <param name="fields">How many fields with values follow.</param>
    public virtual void OnStreamEntry(RdbStreamId id, long fields)
    {
    }

    /// <summary>The last entry of a stream was given.</summary>
    public virtual void OnStreamFacts(in RdbStreamFacts facts)
    {
    }

    /// <summary>A consumer group begins: its pending entries follow, then its consumers.</summary>
    /// <param name="name">The group.</param>
    /// <param name="lastDelivered">The newest entry that the group was given.</param>
    /// <param name="entriesRead">How many entries it read; null where the server did not know.</param>
    public virtual void OnStreamGroup(ReadOnlySpan<byte> name, RdbStreamId lastDelivered, long? entriesRead)
    {
    }

    /// <summary>An entry that was given to a consumer of the group and not yet acknowledged.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="deliveredAt">When it was given last, milliseconds since 1970.</param>
    /// <param name="deliveries">How often it was given.</param>
    public virtual void OnPendingEntry(RdbStreamId id, long deliveredAt, long deliveries)
    {
    }

    /// <summary>A consumer of the group begins: the ids of its pending entries follow.</summary>
    /// <param name="name">The consumer.</param>
    /// <param name="seenAt">When it was last there, milliseconds since 1970.</param>
    /// <param name="activeAt">When it last got something, milliseconds since 1970; null before Redis 7.2 and where it never did.</param>
    public virtual void OnConsumer(ReadOnlySpan<byte> name, long seenAt, long? activeAt)
    {
    }

    /// <summary>A pending entry that the consumer before has.</summary>
    public virtual void OnConsumerEntry(RdbStreamId id)
    {
    }

    /// <summary>A value of a module begins.</summary>
    /// <param name="type">The nine characters of the module's type.</param>
    /// <param name="encodingVersion">The version of its encoding.</param>
    public virtual void OnModule(string type, int encodingVersion)
    {
    }
}
