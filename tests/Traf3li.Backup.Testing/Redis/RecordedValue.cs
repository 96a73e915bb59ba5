using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Testing.Redis;

/// <summary>Holds a whole value as a test compares it. Bytes are Latin-1 characters.</summary>
internal sealed class RecordedValue : RdbVisitor
{
    private readonly List<byte> _element = [];
    private string _pair = "";
    private RecordedGroup? _group;
    private List<string>? _consumer;

    /// <summary>The longest piece that came, bytes.</summary>
    public int LongestPiece { get; private set; }

    /// <summary>A string.</summary>
    public string? Text { get; private set; }

    /// <summary>The elements of a list.</summary>
    public List<string> List { get; } = [];

    /// <summary>The members of a set.</summary>
    public SortedSet<string> Set { get; } = new(StringComparer.Ordinal);

    /// <summary>Members and scores.</summary>
    public Dictionary<string, double> Scores { get; } = [];

    /// <summary>Fields and values.</summary>
    public Dictionary<string, string> Hash { get; } = [];

    /// <summary>Fields that expire.</summary>
    public Dictionary<string, long> Expiries { get; } = [];

    /// <summary>A stream.</summary>
    public RecordedStream Stream { get; } = new();

    /// <summary>The bytes of a module's value.</summary>
    public List<byte> Module { get; } = [];

    /// <summary>The name and version of a module.</summary>
    public (string Name, int Version) ModuleType { get; private set; }

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
    {
        LongestPiece = Math.Max(LongestPiece, bytes.Length);
        if (part == RdbPart.Module)
        {
            Module.AddRange(bytes);
            return;
        }

        _element.AddRange(bytes);
        if (remaining == 0)
        {
            OnElement(part, Encoding.Latin1.GetString([.. _element]));
            _element.Clear();
        }
    }

    /// <inheritdoc />
    public override void OnScore(double score) => Scores.Add(_pair, score);

    /// <inheritdoc />
    public override void OnFieldExpiry(long milliseconds) => Expiries.Add(_pair, milliseconds);

    /// <inheritdoc />
    public override void OnStreamEntry(RdbStreamId id, long fields) => Stream.Entries.Add((id.ToString(), []));

    /// <inheritdoc />
    public override void OnStreamFacts(in RdbStreamFacts facts)
    {
        Stream.Length = facts.Entries;
        Stream.LastId = facts.LastId.ToString();
        Stream.MaximalDeletedId = facts.MaximalDeletedId?.ToString();
        Stream.EntriesAdded = facts.EntriesAdded;
    }

    /// <inheritdoc />
    public override void OnStreamGroup(ReadOnlySpan<byte> name, RdbStreamId lastDelivered, long? entriesRead)
    {
        _group = new RecordedGroup { LastDelivered = lastDelivered.ToString(), EntriesRead = entriesRead };
        Stream.Groups.Add(Encoding.Latin1.GetString(name), _group);
    }

    /// <inheritdoc />
    public override void OnPendingEntry(RdbStreamId id, long deliveredAt, long deliveries) => _group!.Pending.Add(id.ToString(), (deliveredAt, deliveries));

    /// <inheritdoc />
    public override void OnConsumer(ReadOnlySpan<byte> name, long seenAt, long? activeAt)
    {
        _consumer = [];
        _group!.Consumers.Add(Encoding.Latin1.GetString(name), _consumer);
    }

    /// <inheritdoc />
    public override void OnConsumerEntry(RdbStreamId id) => _consumer!.Add(id.ToString());

    /// <inheritdoc />
    public override void OnModule(string type, int encodingVersion) => ModuleType = (type, encodingVersion);

    private void OnElement(RdbPart part, string text)
    {
        switch (part)
        {
            case RdbPart.String:
                Text = text;
                break;
            case RdbPart.ListElement:
                List.Add(text);
                break;
            case RdbPart.SetMember:
                Assert.True(Set.Add(text), "a member came twice");
                break;
            case RdbPart.SortedSetMember or RdbPart.HashField:
                _pair = text;
                break;
            case RdbPart.HashValue:
                Hash.Add(_pair, text);
                break;
            default:
                Stream.Entries[^1].Fields.Add(text);
                break;
        }
    }
}
