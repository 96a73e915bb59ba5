using MongoDB.Bson.IO;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>Keeps each document as an array of its own: for short lists such as collections and indexes.</summary>
internal sealed class ListSink : IRawDocumentSink
{
    public List<byte[]> Documents { get; } = [];

    public void Append(IByteBuffer document)
    {
        var bytes = new byte[document.Length];
        document.GetBytes(0, bytes, 0, bytes.Length);
        Documents.Add(bytes);
    }
}
