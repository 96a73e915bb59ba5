using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Reads one value of any type (rdbLoadObject in rdb.c of Redis and Valkey). Without a visitor it does all the same checks and only counts.
/// </summary>
internal sealed class ValueParser
{
    private const ulong PlainNode = 1;
    private const ulong PackedNode = 2;
    private const byte ScoreNotANumber = 253;
    private const byte ScoreInfinity = 254;
    private const byte ScoreMinusInfinity = 255;

    private readonly StreamWindow _window;
    private readonly RdbPrimitives _primitives;
    private readonly RdbPlace _place;
    private readonly ListpackCursor _listpack = new();
    private readonly ZiplistCursor _ziplist = new();
    private readonly StreamParser _streams;

    /// <summary>Creates a parser over a window.</summary>
    public ValueParser(StreamWindow window, RdbPrimitives primitives, RdbPlace place)
    {
        _window = window;
        _primitives = primitives;
        _place = place;
        _streams = new StreamParser(window, primitives, _listpack, place);
        Modules = new ModuleParser(window, primitives);
    }

    /// <summary>Reads what modules store elsewhere.</summary>
    public ModuleParser Modules { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="type">One of <see cref="RdbType" />.</param>
    /// <param name="dialect">Whose type it is.</param>
    /// <param name="visitor">Gets the elements; null to check them only.</param>
    /// <returns>How many elements it has: members, fields, entries; 1 for a string; the items of a module.</returns>
    public long Parse(byte type, RdbDialect dialect, RdbVisitor? visitor)
    {
        switch (type)
        {
            case RdbType.String:
                _primitives.EmitString(visitor, RdbPart.String);
                return 1;
            case RdbType.List:
                return ParseStrings(visitor, RdbPart.ListElement);
            case RdbType.Set:
                return ParseStrings(visitor, RdbPart.SetMember);
            case RdbType.SortedSet or RdbType.SortedSet2:
                return ParseScored(type, visitor);
            case RdbType.Hash:
                return ParseHash(visitor);
            case RdbType.HashZipmap or RdbType.SetIntset:
                return ParseNested(type, visitor);
            case RdbType.ListZiplist:
                return ParsePacked(_ziplist, visitor, RdbPart.ListElement);
            case RdbType.SortedSetZiplist:
                return ParsePacked(_ziplist, visitor, RdbPart.SortedSetMember);
            case RdbType.HashZiplist:
                return ParsePacked(_ziplist, visitor, RdbPart.HashField);
            case RdbType.SetListpack:
                return ParsePacked(_listpack, visitor, RdbPart.SetMember);
            case RdbType.SortedSetListpack:
                return ParsePacked(_listpack, visitor, RdbPart.SortedSetMember);
            case RdbType.HashListpack:
                return ParsePacked(_listpack, visitor, RdbPart.HashField);
            case RdbType.ListQuicklist or RdbType.ListQuicklist2:
                return ParseQuicklist(type, visitor);
            case RdbType.ValkeyHash2 when dialect == RdbDialect.Valkey:
                return ParseValkeyHash(visitor);
            case RdbType.RedisHashMetadataPreRelease or RdbType.HashMetadata:
                return ParseExpiringHash(type, visitor);
            case RdbType.HashListpackExPreRelease or RdbType.HashListpackEx:
                return ParseExpiringListpack(type, visitor);
            case RdbType.StreamListpacks or RdbType.StreamListpacks2 or RdbType.StreamListpacks3 or RdbType.StreamListpacks4:
                return _streams.Parse(type, visitor);
            case RdbType.Module2:
                return Modules.ParseValue(visitor);
            case RdbType.ModulePreRelease:
                throw _place.Unsupported("it has a module's value in the form of a release candidate of Redis 4.0 (type 6), which no released server reads");
            default:
                throw _window.Corrupt($"there is no value of the type {type}");
        }
    }

    private long ParseStrings(RdbVisitor? visitor, RdbPart part)
    {
        var count = _primitives.ReadCount();
        for (var index = 0L; index < count; index++)
        {
            _primitives.EmitString(visitor, part);
        }

        return count;
    }

    private long ParseScored(byte type, RdbVisitor? visitor)
    {
        var count = _primitives.ReadCount();
        for (var index = 0L; index < count; index++)
        {
            _primitives.EmitString(visitor, RdbPart.SortedSetMember);
            var score = type == RdbType.SortedSet2 ? BinaryPrimitives.ReadDoubleLittleEndian(_window.Take(sizeof(double))) : ReadScoreText();
            visitor?.OnScore(score);
        }

        return count;
    }

    private double ReadScoreText()
    {
        var length = _window.TakeByte();
        return length switch
        {
            ScoreNotANumber => double.NaN,
            ScoreInfinity => double.PositiveInfinity,
            ScoreMinusInfinity => double.NegativeInfinity,
            _ => PackedCursor.ParseScore(_window.Take(length)) ?? throw _window.Corrupt("a score is no number"),
        };
    }

    private long ParseHash(RdbVisitor? visitor)
    {
        var count = _primitives.ReadCount();
        for (var index = 0L; index < count; index++)
        {
            _primitives.EmitString(visitor, RdbPart.HashField);
            _primitives.EmitString(visitor, RdbPart.HashValue);
        }

        return count;
    }

    /// <summary>Valkey 9: behind each value eight bytes with the field's expiry, -1 for none.</summary>
    private long ParseValkeyHash(RdbVisitor? visitor)
    {
        var count = _primitives.ReadCount();
        for (var index = 0L; index < count; index++)
        {
            _primitives.EmitString(visitor, RdbPart.HashField);
            _primitives.EmitString(visitor, RdbPart.HashValue);
            var expiresAt = _primitives.ReadTime();
            if (expiresAt >= 0)
            {
                visitor?.OnFieldExpiry(expiresAt);
            }
        }

        return count;
    }

    /// <summary>
    /// Redis 7.4: the soonest expiry, then before each field how much later it expires, plus 1, and 0 for never. In 7.4's release
    /// candidates (type 22) no soonest expiry, and the field's own instead of the difference.
    /// </summary>
    private long ParseExpiringHash(byte type, RdbVisitor? visitor)
    {
        var soonest = type == RdbType.HashMetadata ? _primitives.ReadTime() - 1 : 0;
        var count = _primitives.ReadCount();
        for (var index = 0L; index < count; index++)
        {
            var later = _primitives.ReadCount();
            _primitives.EmitString(visitor, RdbPart.HashField);
            _primitives.EmitString(visitor, RdbPart.HashValue);
            if (later != 0)
            {
                visitor?.OnFieldExpiry(unchecked(soonest + later));
            }
        }

        return count;
    }

    /// <summary>Redis 7.4: the soonest expiry (not in type 23), then a listpack of field, value and expiry, 0 for never.</summary>
    private long ParseExpiringListpack(byte type, RdbVisitor? visitor)
    {
        if (type == RdbType.HashListpackEx)
        {
            _primitives.ReadTime();
        }

        var nested = _primitives.OpenNested(out var length);
        _listpack.Open(nested, length);
        while (_listpack.MoveNext())
        {
            _listpack.Emit(visitor, RdbPart.HashField);
            _listpack.MustMoveNext();
            _listpack.Emit(visitor, RdbPart.HashValue);
            var expiresAt = _listpack.NextInteger();
            if (expiresAt != 0)
            {
                visitor?.OnFieldExpiry(expiresAt);
            }
        }

        _primitives.CloseNested(nested);
        return _listpack.Count / 3;
    }

    private long ParseNested(byte type, RdbVisitor? visitor)
    {
        var nested = _primitives.OpenNested(out var length);
        var count = type == RdbType.SetIntset ? IntsetParser.Parse(nested, length, visitor) : ZipmapParser.Parse(nested, length, visitor);
        _primitives.CloseNested(nested);
        return count;
    }

    private long ParsePacked(PackedCursor cursor, RdbVisitor? visitor, RdbPart part)
    {
        var nested = _primitives.OpenNested(out var length);
        cursor.Open(nested, length);
        while (cursor.MoveNext())
        {
            cursor.Emit(visitor, part);
            if (part == RdbPart.SortedSetMember)
            {
                cursor.MustMoveNext();
                var score = cursor.TakeScore();
                visitor?.OnScore(score);
            }
            else if (part == RdbPart.HashField)
            {
                cursor.MustMoveNext();
                cursor.Emit(visitor, RdbPart.HashValue);
            }
        }

        _primitives.CloseNested(nested);
        return part is RdbPart.SortedSetMember or RdbPart.HashField ? cursor.Count / 2 : cursor.Count;
    }

    /// <summary>A list of packed lists: ziplists, or (type 18) listpacks and elements that are too long for one.</summary>
    private long ParseQuicklist(byte type, RdbVisitor? visitor)
    {
        var elements = 0L;
        for (var nodes = _primitives.ReadCount(); nodes > 0; nodes--)
        {
            var container = type == RdbType.ListQuicklist2 ? _primitives.ReadNumber() : PackedNode;
            switch (container)
            {
                case PlainNode:
                    _primitives.EmitString(visitor, RdbPart.ListElement);
                    elements++;
                    break;
                case PackedNode:
                    elements += ParsePacked(type == RdbType.ListQuicklist2 ? _listpack : _ziplist, visitor, RdbPart.ListElement);
                    break;
                default:
                    throw _window.Corrupt($"there is no part of a list of the kind {container}");
            }
        }

        return elements;
    }
}
