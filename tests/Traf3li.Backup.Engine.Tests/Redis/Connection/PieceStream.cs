using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Tests.Redis.Connection;

/// <summary>Gives one piece a read, as a network may.</summary>
internal sealed class PieceStream(IEnumerable<byte[]> pieces) : ReadOnlyStream
{
    private readonly IEnumerator<byte[]> _pieces = pieces.Where(piece => piece.Length > 0).GetEnumerator();
    private ReadOnlyMemory<byte> _left;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left.IsEmpty && _pieces.MoveNext())
        {
            _left = _pieces.Current;
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer.Span);
        _left = _left[count..];
        return ValueTask.FromResult(count);
    }

    protected override void Dispose(bool disposing)
    {
        _pieces.Dispose();
        base.Dispose(disposing);
    }
}
