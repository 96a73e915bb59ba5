using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Keeps the indexes to be built in step with the oplog. They are built at the end, when the data is final.</summary>
internal sealed class IndexCatalog(StagingArea area)
{
    /// <summary>Applies an entry that creates or drops indexes.</summary>
    public void Apply(string database, string name, BsonDocument command)
    {
        if (area.Find(database, command[0].AsString) is not { } target)
        {
            return;
        }

        switch (name)
        {
            case "createIndexes":
                Add(target, new BsonDocument(command.Where(field => field.Name != "createIndexes")));
                break;
            case "commitIndexBuild":
                foreach (var index in command["indexes"].AsBsonArray)
                {
                    Add(target, index.AsBsonDocument);
                }

                break;
            default:
                Remove(target, command["index"]);
                break;
        }
    }

    /// <summary>Applies the index part of a collMod entry.</summary>
    public void Modify(string database, BsonDocument command)
    {
        if (!command.TryGetValue("index", out var value) || area.Find(database, command[0].AsString) is not { } target)
        {
            return;
        }

        var change = value.AsBsonDocument;
        var index = target.Indexes.Find(item => change.Contains("name") ? item["name"] == change["name"] : item["key"] == change["keyPattern"]);
        if (index is null)
        {
            return;
        }

        foreach (var field in change.Where(field => field.Name is not ("name" or "keyPattern")))
        {
            // The server keeps a flag only where it is set, and an index that has become unique is no longer being prepared for it.
            if (field.Value == BsonBoolean.False)
            {
                index.Remove(field.Name);
            }
            else
            {
                index[field.Name] = field.Value;
            }

            if (field.Name == "unique")
            {
                index.Remove("prepareUnique");
            }
        }
    }

    private static void Add(StagedCollection target, BsonDocument index)
    {
        var spec = target.IsTimeSeries ? TimeSeriesIndexes.FromBuckets(index, target.Options["timeseries"].AsBsonDocument) : index;
        target.Indexes.RemoveAll(item => item["name"] == spec["name"]);
        target.Indexes.AddRange(IndexBuilder.Prepare(target.FullName, [spec], target.Options, target.FullName));
    }

    private static void Remove(StagedCollection target, BsonValue index)
    {
        if (index == "*")
        {
            target.Indexes.Clear();
        }
        else
        {
            target.Indexes.RemoveAll(item => item["name"] == index);
        }
    }
}
