using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Raw;

/// <summary>What a find, aggregate, list or getMore reply says beside its documents.</summary>
/// <param name="CursorId">0 when there is nothing more.</param>
/// <param name="Namespace">The namespace to send getMore to, <c>database.collection</c>.</param>
/// <param name="Count">Documents in this reply.</param>
/// <param name="ResumeToken">
/// <c>postBatchResumeToken</c>: where another scan can go on behind this reply; null when the server sent none, as it does unless asked.
/// </param>
internal readonly record struct CursorReply(long CursorId, string Namespace, int Count, BsonDocument? ResumeToken);
