using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Oplog;

/// <summary>The entries of one reply, one behind the other. The server sends at most about 16 MiB at a time.</summary>
internal sealed class OplogBatch : IRawDocumentSink
{
    private byte[] _bytes = new byte[64 << 10];
    private int _length;

    /// <summary>The entries; valid until the next <see cref="Clear" /> or <see cref="Append" />.</summary>
    public ReadOnlyMemory<byte> Entries => _bytes.AsMemory(0, _length);

    public void Append(IByteBuffer document)
    {
        if (_length + document.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + document.Length, _bytes.Length * 2));
        }

        document.GetBytes(0, _bytes, _length, document.Length);
        _length += document.Length;
    }

    /// <summary>Forgets what it holds.</summary>
    public void Clear() => _length = 0;
}
