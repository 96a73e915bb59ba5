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

    /// <summary>Applies what a collMod entry changes of a time series to its options.</summary>
    /// <param name="options">The collection's options.</param>
    /// <param name="change">The entry's command.</param>
    public static void Modify(BsonDocument options, BsonDocument change)
    {
        if (change.TryGetValue("expireAfterSeconds", out var expiry))
        {
            if (expiry == "off")
            {
                options.Remove("expireAfterSeconds");
            }
            else
            {
                options["expireAfterSeconds"] = expiry;
            }
        }

        if (change.TryGetValue("timeseries", out var size))
        {
            // A granularity implies the sizes, and sizes of one's own leave none.
            var series = options["timeseries"].AsBsonDocument;
            foreach (var field in (string[])["granularity", "bucketMaxSpanSeconds", "bucketRoundingSeconds"])
            {
                series.Remove(field);
            }

            series.AddRange(size.AsBsonDocument);
        }
    }

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
