using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>A collection being built under a name of its own, beside the live one that it will replace.</summary>
internal sealed class StagedCollection
{
    private readonly object _lock = new();
    private ContentHash _read;
    private ContentHash _inserted;
    private long _refused;

    /// <summary>The target's database.</summary>
    public required string Database { get; init; }

    /// <summary>The name that it is built under.</summary>
    public required string StagingName { get; init; }

    /// <summary>The name that it gets in the end. The oplog may rename it.</summary>
    public required string TargetName { get; set; }

    /// <summary>The namespace of the backup; null for one that the oplog created.</summary>
    public RestoreNamespace? Source { get; init; }

    /// <summary>What is live under the target's name; null when nothing is.</summary>
    public required CollectionDescription? Live { get; set; }

    /// <summary>The options that it is created with, or for a time series will be.</summary>
    public required BsonDocument Options { get; init; }

    /// <summary>The indexes to build in the end, that of _id left out. The oplog adds and removes.</summary>
    public required List<BsonDocument> Indexes { get; init; }

    public bool IsTimeSeries => Options.Contains("timeseries");

    public bool IsCapped => Options.GetValue("capped", false).ToBoolean();

    /// <summary>Whether it is staged as a plain collection and its documents are copied in the end, because the server cannot rename such a one.</summary>
    public bool IsCopied => IsTimeSeries || TargetName == "system.js";

    /// <summary>Whether it was built under the target's own name.</summary>
    public bool IsInPlace => StagingName == TargetName;

    /// <summary>What the backup holds of it, as far as it was read.</summary>
    public ContentHash Read
    {
        get
        {
            lock (_lock)
            {
                return _read;
            }
        }
    }

    /// <summary>What was inserted and not refused, as the server stores it.</summary>
    public ContentHash Inserted
    {
        get
        {
            lock (_lock)
            {
                return _inserted;
            }
        }
    }

    /// <summary>Documents that the server refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>database.name of the target</summary>
    public string FullName => $"{Database}.{TargetName}";

    /// <summary>Counts what a batch brought.</summary>
    public void Add(InsertedBatch batch)
    {
        lock (_lock)
        {
            _read.Combine(batch.Read);
            _inserted.Combine(batch.Inserted);
        }

        Interlocked.Add(ref _refused, batch.Refused);
    }
}
