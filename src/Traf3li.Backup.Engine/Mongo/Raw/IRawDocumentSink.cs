using MongoDB.Bson.IO;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>Takes the bytes of each document while the driver takes a reply apart, in the order of the reply.</summary>
internal interface IRawDocumentSink
{
    /// <summary>Copies one document. The buffer belongs to the driver and is gone when this returns.</summary>
    void Append(IByteBuffer document);
}
