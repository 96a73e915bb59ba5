using MongoDB.Bson.IO;
using Traf3li.Backup.Engine.Mongo.Raw;

namespace Traf3li.Backup.Benchmarks.Mongo;

/// <summary>Drops every document.</summary>
internal sealed class DropSink : IRawDocumentSink
{
    public long Bytes { get; private set; }

    public void Append(IByteBuffer document) => Bytes += document.Length;
}
