using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>What became of a batch.</summary>
/// <param name="Read">All of its documents, as the backup has them.</param>
/// <param name="Inserted">Those that the server took, as it stores them.</param>
/// <param name="Refused">How many it refused.</param>
internal readonly record struct InsertedBatch(ContentHash Read, ContentHash Inserted, long Refused);
