using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Lists the steps that put a staged restore into place.</summary>
internal static class FinishPlan
{
    /// <summary>The steps in their order: collections first, then views, which may stand on them, then drops.</summary>
    public static IReadOnlyList<FinishStep> Create(StagingArea area, IReadOnlyList<CollectionDescription> drops, RestorePlanner planner, bool merge)
    {
        var steps = new List<FinishStep>();
        foreach (var item in area.Collections.OrderBy(item => item.FullName, StringComparer.Ordinal))
        {
            if (CreateStep(item, merge) is { } step)
            {
                steps.Add(step);
            }
        }

        foreach (var ((database, collection), options) in area.Views.OrderBy(view => view.Key))
        {
            var (targetDatabase, name) = planner.Map(database, collection);
            steps.Add(new FinishStep(FinishKind.View, targetDatabase, "", name, MapView(options, database, targetDatabase, planner), [], null, DropsFirst: false));
        }

        steps.AddRange(drops.Select(item => new FinishStep(FinishKind.Drop, item.Database, "", item.Name, [], [], item.Uuid, DropsFirst: false)));
        return steps;
    }

    private static FinishStep? CreateStep(StagedCollection item, bool merge)
    {
        var kind = item switch
        {
            { IsTimeSeries: true } => FinishKind.TimeSeries,
            _ when merge && item.Live is { Type: "collection" } => FinishKind.Merge,
            { IsCopied: true } => FinishKind.Contents,
            _ => FinishKind.Rename,
        };
        return item.IsInPlace
            ? null
            : new FinishStep(
                kind,
                item.Database,
                item.StagingName,
                item.TargetName,
                kind == FinishKind.TimeSeries ? item.Options : [],
                kind is FinishKind.TimeSeries or FinishKind.Merge ? item.Indexes : [],
                null,
                item.Live is { Type: not "collection" });
    }

    // A view that moves to another database or whose collection gets another name looks at the restored one.
    private static BsonDocument MapView(BsonDocument options, string database, string targetDatabase, RestorePlanner planner)
    {
        var mapped = BsonReading.Clone(options);
        if (options.TryGetValue("viewOn", out var source) && planner.Map(database, source.AsString) is var (toDatabase, toCollection) && toDatabase == targetDatabase)
        {
            mapped["viewOn"] = toCollection;
        }

        return mapped;
    }
}
