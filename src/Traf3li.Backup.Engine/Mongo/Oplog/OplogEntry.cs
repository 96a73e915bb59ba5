using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>What is looked at of an oplog entry while its bytes stay as they are.</summary>
internal readonly ref struct OplogEntry
{
    private OplogEntry(OplogPosition position, char operation, string @namespace, ReadOnlySpan<byte> change, ReadOnlySpan<byte> criteria)
    {
        Position = position;
        Operation = operation;
        Namespace = @namespace;
        Change = change;
        Criteria = criteria;
    }

    /// <summary><c>ts</c>.</summary>
    public OplogPosition Position { get; }

    /// <summary><c>op</c>: i(nsert), u(pdate), d(elete), c(ommand), n(oop); x is a shard's own bookkeeping.</summary>
    public char Operation { get; }

    /// <summary><c>ns</c>: database.collection, or database.$cmd for a command.</summary>
    public string Namespace { get; }

    /// <summary><c>o</c>: the document, the change, the criteria of a delete, or the command.</summary>
    public ReadOnlySpan<byte> Change { get; }

    /// <summary><c>o2</c>: the criteria of an update; empty elsewhere.</summary>
    public ReadOnlySpan<byte> Criteria { get; }

    /// <summary>The database part of <see cref="Namespace" />.</summary>
    public string Database => Namespace[..Math.Max(0, Namespace.IndexOf('.', StringComparison.Ordinal))];

    /// <summary>The collection part of <see cref="Namespace" />.</summary>
    public string Collection => Namespace[(Namespace.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>The name of a command: the first field of <see cref="Change" />.</summary>
    public string CommandName
    {
        get
        {
            var reader = new RawBsonReader(Change);
            return reader.Read() ? System.Text.Encoding.UTF8.GetString(reader.Name) : "";
        }
    }

    /// <summary>Reads the fields of an entry, or of an operation within applyOps, which has no <c>ts</c> of its own.</summary>
    /// <exception cref="InvalidDataException">It is no oplog entry.</exception>
    public static OplogEntry Read(ReadOnlySpan<byte> entry)
    {
        var position = default(OplogPosition);
        var operation = '\0';
        string? name = null;
        ReadOnlySpan<byte> change = default;
        ReadOnlySpan<byte> criteria = default;
        var reader = new RawBsonReader(entry);
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("ts"u8) && reader.AsTimestamp() is { } timestamp)
            {
                position = new OplogPosition(timestamp.Seconds, timestamp.Increment);
            }
            else if (reader.Name.SequenceEqual("op"u8) && reader.AsString() is { Length: 1 } text)
            {
                operation = text[0];
            }
            else if (reader.Name.SequenceEqual("ns"u8))
            {
                name = reader.AsString();
            }
            else if (reader.Name.SequenceEqual("o"u8) && reader.Type == BsonType.Document)
            {
                change = reader.Value;
            }
            else if (reader.Name.SequenceEqual("o2"u8) && reader.Type == BsonType.Document)
            {
                criteria = reader.Value;
            }
        }

        return operation == '\0' || name is null || reader.IsDamaged
            ? throw new InvalidDataException("an oplog entry lacks op or ns, or is damaged.")
            : new OplogEntry(position, operation, name, change, criteria);
    }
}
