using System.Buffers.Binary;
using System.Text;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Walks the elements of one document. <see cref="Read" /> ends with false at the document's end and at the first element that does not fit;
/// <see cref="IsDamaged" /> tells which.
/// </summary>
internal ref struct RawBsonReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins before the first element.</summary>
    /// <param name="document">A document, or more bytes than it; only what its length covers is read.</param>
    public RawBsonReader(ReadOnlySpan<byte> document)
    {
        if (RawBson.TryReadLength(document, out var length) && length <= document.Length && document[length - 1] == 0)
        {
            _rest = document[4..(length - 1)];
        }
        else
        {
            _rest = default;
            IsDamaged = true;
        }
    }

    /// <summary>Whether the document is not what BSON wants, as far as it was read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The element's type.</summary>
    public BsonType Type { get; private set; }

    /// <summary>The element's name, UTF-8 without an end.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The element's value as it stands in the document, its own lengths included.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next element.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var nameLength = RawBson.MeasureName(_rest[1..]);
        if (nameLength >= 0)
        {
            Type = (BsonType)_rest[0];
            Name = _rest.Slice(1, nameLength);
            var value = _rest[(nameLength + 2)..];
            var size = RawBson.Measure(Type, value);
            if (size >= 0)
            {
                Value = value[..size];
                _rest = value[size..];
                return true;
            }
        }

        IsDamaged = true;
        _rest = default;
        return false;
    }

    /// <summary>The value as text; null when it is no string or not UTF-8.</summary>
    public readonly string? AsString()
    {
        if (Type != BsonType.String)
        {
            return null;
        }

        var text = Value[4..^1];
        return System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }

    /// <summary>The value as a whole number; null when it is none.</summary>
    public readonly long? AsInt64() => Type switch
    {
        BsonType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Value),
        BsonType.Int64 or BsonType.DateTime or BsonType.Timestamp => BinaryPrimitives.ReadInt64LittleEndian(Value),
        _ => null,
    };

    /// <summary>The value as a Boolean; null when it is none.</summary>
    public readonly bool? AsBoolean() => Type == BsonType.Boolean ? Value[0] != 0 : null;

    /// <summary>The value as the server's timestamp; null when it is none.</summary>
    public readonly (uint Seconds, uint Increment)? AsTimestamp() => Type == BsonType.Timestamp
        ? (BinaryPrimitives.ReadUInt32LittleEndian(Value[4..]), BinaryPrimitives.ReadUInt32LittleEndian(Value))
        : null;
}
