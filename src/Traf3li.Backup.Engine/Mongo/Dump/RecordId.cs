using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// The number by which a server finds a record, and by which a scan in natural order goes: an int64 for ordinary and capped collections, the
/// sortable bytes of <c>_id</c> for clustered ones and the buckets of time series (mongo/src/mongo/db/record_id.h).
/// </summary>
internal static class RecordId
{
    /// <summary>Its field in a resume token, and in documents read with <c>showRecordId</c>.</summary>
    public const string Field = "$recordId";

    /// <summary>The id in a resume token; null when there is none, as before the first record.</summary>
    public static BsonValue? In(BsonDocument? token) =>
        token is not null && token.TryGetValue(Field, out var id) && id.BsonType is BsonType.Int64 or BsonType.Int32 or BsonType.Binary ? id : null;

    /// <summary>Whether a scan that has come to <paramref name="position" /> has passed <paramref name="mark" /> or stands on it.</summary>
    public static bool IsAtOrPast(BsonValue position, BsonValue mark) => (position, mark) switch
    {
        (BsonBinaryData left, BsonBinaryData right) => left.Bytes.AsSpan().SequenceCompareTo(right.Bytes) >= 0,
        (BsonBinaryData, _) or (_, BsonBinaryData) => false,
        _ => position.ToInt64() >= mark.ToInt64(),
    };
}
