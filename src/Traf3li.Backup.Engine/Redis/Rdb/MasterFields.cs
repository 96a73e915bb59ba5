namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// The fields of the first entry of a part of a stream, which the other entries share. They are held because each entry that has them is given
/// them again; a server makes a new part after 4 KiB, so only fields that are long themselves take more.
/// </summary>
internal sealed class MasterFields(RdbPlace place) : RdbVisitor
{
    private readonly List<(int Start, int Length)> _fields = [];
    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>Forgets the fields of the part before.</summary>
    public void Clear()
    {
        _fields.Clear();
        _length = 0;
    }

    /// <summary>A field begins; its bytes come as to any visitor, or not at all.</summary>
    public void BeginField() => _fields.Add((_length, 0));

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining)
    {
        if (_length + bytes.Length > RdbPrimitives.LongestName)
        {
            throw place.Unsupported($"the fields of a part of a stream are longer than the {RdbPrimitives.LongestName} bytes that are held");
        }

        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, 2 * _bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        _fields[^1] = (_fields[^1].Start, _fields[^1].Length + bytes.Length);
    }

    /// <summary>Gives a field to a visitor.</summary>
    public void Replay(int index, RdbVisitor visitor)
    {
        var (start, count) = _fields[index];
        var field = _bytes.AsSpan(start, count);
        while (field.Length > ByteWindow.LongestPiece)
        {
            visitor.OnBytes(RdbPart.StreamField, field[..ByteWindow.LongestPiece], field.Length - ByteWindow.LongestPiece);
            field = field[ByteWindow.LongestPiece..];
        }

        visitor.OnBytes(RdbPart.StreamField, field, 0);
    }
}
