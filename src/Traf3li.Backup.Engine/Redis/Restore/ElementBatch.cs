namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Short elements that are gathered until they make one command.</summary>
internal sealed class ElementBatch
{
    /// <summary>The longest element that is gathered, bytes; longer ones make commands of their own.</summary>
    public const int LongestElement = 16 << 10;

    private const int MostElements = 512;
    private const int MostBytes = 64 << 10;

    private readonly byte[] _bytes = new byte[MostBytes + (2 * LongestElement)];
    private readonly List<int> _ends = [];

    /// <summary>How many elements there are.</summary>
    public int Count => _ends.Count;

    /// <summary>Whether it is time to send them. Two more still find room.</summary>
    public bool IsFull => _ends.Count >= MostElements || (_ends.Count > 0 && _ends[^1] >= MostBytes);

    /// <summary>An element.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(StartOf(index)..EndOf(index));

    /// <summary>Adds an element.</summary>
    public void Add(ReadOnlySpan<byte> element)
    {
        var start = StartOf(Count);
        element.CopyTo(_bytes.AsSpan(start));
        _ends.Add(start + element.Length);
    }

    /// <summary>Takes the last element off.</summary>
    public void RemoveLast() => _ends.RemoveAt(_ends.Count - 1);

    /// <summary>Begins anew.</summary>
    public void Clear() => _ends.Clear();

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private int EndOf(int index) => _ends[index];
}
