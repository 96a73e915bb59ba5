using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Hashes documents as they come and keeps nothing.</summary>
internal sealed class HashSink : IRawDocumentSink
{
    private byte[] _buffer = new byte[64 << 10];
    private ContentHash _hash;

    /// <summary>What came so far.</summary>
    public ContentHash Hash => _hash;

    public void Append(IByteBuffer document)
    {
        if (document.Length > _buffer.Length)
        {
            _buffer = new byte[Math.Max(document.Length, _buffer.Length * 2)];
        }

        document.GetBytes(0, _buffer, 0, document.Length);
        _hash.Add(_buffer.AsSpan(0, document.Length));
    }
}
