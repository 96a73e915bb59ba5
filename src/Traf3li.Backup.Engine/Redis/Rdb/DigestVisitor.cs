using System.Buffers.Binary;
using System.IO.Hashing;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Hashes a key with its value and expiry so that the same data gives the same hash on every server and in every encoding. Sets, sorted
/// sets, hashes, consumer groups and pending entries are summed, as they have no order; lists and the entries of a stream are hashed in theirs.
/// <para>
/// Of a stream count its entries, its last id, its groups with what they were delivered, their pending entries with time and number of
/// deliveries, and their consumers with the entries they have. Not: when consumers were there, how many entries a stream ever had, the
/// newest deleted id and what producers sent, because older servers do not keep these.
/// </para>
/// </summary>
internal sealed class DigestVisitor : RdbVisitor
{
    private readonly XxHash128 _element = new();
    private readonly XxHash128 _sequence = new();
    private readonly byte[] _scratch = new byte[64];
    private UInt128 _sum;
    private long _count;
    private UInt128 _pair;
    private UInt128 _value;
    private bool _pairOpen;
    private long _expiry;
    private bool _inElement;
    private UInt128 _group;
    private UInt128 _consumer;
    private bool _groupOpen;
    private bool _consumerOpen;

    /// <summary>
    /// Fields of hashes that expire at this time or before do not count, milliseconds since 1970: of two servers one may have removed them already.
    /// </summary>
    public long WithoutFieldsUntil { get; set; } = long.MinValue;

    /// <summary>The members, fields, elements or entries that counted; known after <see cref="End" />.</summary>
    public long Elements => _count;

    /// <summary>Begins a key.</summary>
    public void Begin()
    {
        _sequence.Reset();
        _sum = UInt128.Zero;
        _count = 0;
        _pairOpen = false;
        _expiry = 0;
        _groupOpen = false;
        _consumerOpen = false;
    }

    /// <summary>Ends it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">Its type.</param>
    /// <param name="expiresAt">When it expires, milliseconds since 1970; null for never.</param>
    public UInt128 End(ReadOnlySpan<byte> key, RdbDataType type, long? expiresAt)
    {
        ClosePair();
        CloseGroup();
        Append((ulong)type, (ulong)_count);
        Append(_sum);
        Append(expiresAt is null ? 0UL : 1UL, (ulong)(expiresAt ?? 0));
        Append(XxHash128.HashToUInt128(key));
        return _sequence.GetCurrentHashAsUInt128();
    }

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
    {
        if (part == RdbPart.Module)
        {
            _sequence.Append(bytes);
            return;
        }

        if (remaining == 0 && !_inElement)
        {
            OnElement(part, XxHash128.HashToUInt128(bytes));
            return;
        }

        _element.Append(bytes);
        _inElement = remaining > 0;
        if (!_inElement)
        {
            OnElement(part, _element.GetCurrentHashAsUInt128());
            _element.Reset();
        }
    }

    /// <inheritdoc />
    public override void OnScore(double score)
    {
        // A sorted set of a packed list does not keep the sign of a zero.
        _value = (UInt128)(ulong)BitConverter.DoubleToInt64Bits(score == 0 ? 0 : score);
        ClosePair();
    }

    /// <inheritdoc />
    public override void OnFieldExpiry(long milliseconds) => _expiry = milliseconds;

    /// <inheritdoc />
    public override void OnStreamEntry(RdbStreamId id, long fields)
    {
        _count++;
        Append(id.Milliseconds, id.Sequence);
        Append((ulong)fields, 0);
    }

    /// <inheritdoc />
    public override void OnStreamFacts(in RdbStreamFacts facts) => Append(facts.LastId.Milliseconds, facts.LastId.Sequence);

    /// <inheritdoc />
    public override void OnStreamGroup(ReadOnlySpan<byte> name, RdbStreamId lastDelivered, long? entriesRead)
    {
        CloseGroup();
        _groupOpen = true;
        _group = Mix(XxHash128.HashToUInt128(name), IdOf(lastDelivered), 0);
    }

    /// <inheritdoc />
    public override void OnPendingEntry(RdbStreamId id, long deliveredAt, long deliveries) =>
        _group = unchecked(_group + Mix(IdOf(id), new UInt128((ulong)deliveredAt, (ulong)deliveries), 1));

    /// <inheritdoc />
    public override void OnConsumer(ReadOnlySpan<byte> name, long seenAt, long? activeAt)
    {
        CloseConsumer();
        _consumerOpen = true;
        _consumer = Mix(XxHash128.HashToUInt128(name), UInt128.Zero, 2);
    }

    /// <inheritdoc />
    public override void OnConsumerEntry(RdbStreamId id) => _consumer = unchecked(_consumer + Mix(IdOf(id), UInt128.Zero, 3));

    /// <inheritdoc />
    public override void OnModule(string type, int encodingVersion)
    {
        _sequence.Append(System.Text.Encoding.ASCII.GetBytes(type));
        Append((ulong)encodingVersion, 0);
    }

    private static UInt128 IdOf(RdbStreamId id) => new(id.Milliseconds, id.Sequence);

    private void OnElement(RdbPart part, UInt128 hash)
    {
        switch (part)
        {
            case RdbPart.SetMember:
                _count++;
                _sum = unchecked(_sum + Mix(hash, UInt128.Zero, 0));
                break;
            case RdbPart.SortedSetMember or RdbPart.HashField:
                ClosePair();
                _pair = hash;
                break;
            case RdbPart.HashValue:
                _value = hash;
                _pairOpen = true;
                break;
            case RdbPart.ListElement:
                _count++;
                Append(hash);
                break;
            default:
                Append(hash);
                break;
        }

        if (part == RdbPart.SortedSetMember)
        {
            _pairOpen = true;
        }
    }

    /// <summary>What belongs to a member or a field may come after it, so it is added when the next one begins.</summary>
    private void ClosePair()
    {
        if (_pairOpen)
        {
            if (_expiry == 0 || _expiry > WithoutFieldsUntil)
            {
                _count++;
                _sum = unchecked(_sum + Mix(_pair, _value, _expiry));
            }

            _pairOpen = false;
            _expiry = 0;
        }
    }

    private void CloseGroup()
    {
        CloseConsumer();
        if (_groupOpen)
        {
            _sum = unchecked(_sum + Mix(_group, UInt128.Zero, 4));
            _groupOpen = false;
        }
    }

    private void CloseConsumer()
    {
        if (_consumerOpen)
        {
            _group = unchecked(_group + Mix(_consumer, UInt128.Zero, 5));
            _consumerOpen = false;
        }
    }

    private UInt128 Mix(UInt128 left, UInt128 right, long tag)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_scratch, left);
        BinaryPrimitives.WriteUInt128LittleEndian(_scratch.AsSpan(16), right);
        BinaryPrimitives.WriteInt64LittleEndian(_scratch.AsSpan(32), tag);
        return XxHash128.HashToUInt128(_scratch.AsSpan(0, 40));
    }

    private void Append(UInt128 number)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_scratch, number);
        _sequence.Append(_scratch.AsSpan(0, 16));
    }

    private void Append(ulong first, ulong second) => Append(new UInt128(first, second));
}
