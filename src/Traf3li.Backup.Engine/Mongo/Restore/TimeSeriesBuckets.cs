using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// The bucket sizes of time series. Newer servers take any; older ones know three granularities, and a query misses data in a bucket that
/// spans more than its granularity allows.
/// </summary>
internal static class TimeSeriesBuckets
{
    /// <summary>The first server whose create takes bucketMaxSpanSeconds and bucketRoundingSeconds (MongoDB manual, time series granularity).</summary>
    public static readonly Version CustomSizeVersion = new(6, 3);

    // Granularity and the longest span of its buckets, seconds (mongo/src/mongo/db/timeseries/timeseries_options.cpp).
    private static readonly (string Name, long Span)[] Granularities = [("seconds", 3_600), ("minutes", 86_400), ("hours", 2_592_000)];

    /// <summary>Whether these options have a bucket size of their own.</summary>
    public static bool HasCustomSize(BsonDocument timeSeries) => !timeSeries.Contains("granularity") && timeSeries.Contains("bucketMaxSpanSeconds");

    /// <summary>The options without sizes; a size of one's own becomes the least granularity that covers it.</summary>
    public static BsonDocument ForOlderServers(BsonDocument timeSeries)
    {
        var options = new BsonDocument(timeSeries.Where(field => field.Name is not ("bucketRoundingSeconds" or "bucketMaxSpanSeconds")));
        if (HasCustomSize(timeSeries))
        {
            var span = timeSeries["bucketMaxSpanSeconds"].ToInt64();
            options["granularity"] = Granularities.FirstOrDefault(item => item.Span >= span, Granularities[^1]).Name;
        }

        return options;
    }
}
