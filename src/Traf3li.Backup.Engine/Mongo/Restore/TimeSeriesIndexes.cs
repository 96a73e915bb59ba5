using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Indexes of a time series as the oplog has them, namely of its buckets, and as users make them
/// (mongo/src/mongo/db/timeseries/timeseries_index_schema_conversion_functions.cpp).
/// </summary>
internal static class TimeSeriesIndexes
{
    private const string Original = "originalSpec";
    private const string Meta = "meta";
    private static readonly string[] Controls = ["control.min.", "control.max."];
    private const string Data = "data.";

    /// <summary>The specification that makes this index of the buckets.</summary>
    /// <param name="index">The index of the buckets.</param>
    /// <param name="timeSeries">The options <c>timeseries</c> of the collection.</param>
    /// <exception cref="InvalidDataException">It is no index of buckets.</exception>
    public static BsonDocument FromBuckets(BsonDocument index, BsonDocument timeSeries)
    {
        // What the key of the buckets cannot tell is kept beside it.
        var spec = BsonReading.Clone(index.TryGetValue(Original, out var original) ? original.AsBsonDocument : index);
        if (original is null)
        {
            spec["key"] = FromBucketKey(index["key"].AsBsonDocument, timeSeries);
        }

        if (index.TryGetValue("hidden", out var hidden))
        {
            spec["hidden"] = hidden;
        }

        return spec;
    }

    // Of a field the least and the greatest value of each bucket are indexed, which makes two fields of one.
    private static BsonDocument FromBucketKey(BsonDocument key, BsonDocument timeSeries)
    {
        var fields = new BsonDocument();
        foreach (var field in key)
        {
            var name = field.Name;
            if (Controls.FirstOrDefault(control => name.StartsWith(control, StringComparison.Ordinal)) is { } control)
            {
                fields[name[control.Length..]] = field.Value;
            }
            else if (name.StartsWith(Data, StringComparison.Ordinal) && field.Value == "2dsphere_bucket")
            {
                fields[name[Data.Length..]] = "2dsphere";
            }
            else if (name == Meta || name.StartsWith(Meta + ".", StringComparison.Ordinal))
            {
                fields[timeSeries["metaField"].AsString + name[Meta.Length..]] = field.Value;
            }
            else
            {
                throw new InvalidDataException($"an index of time series buckets has the field '{name}'.");
            }
        }

        return fields;
    }
}
