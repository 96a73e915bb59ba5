namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>What is done last, once everything is staged, verified and indexed. Each step can be done again without harm.</summary>
internal enum FinishKind
{
    /// <summary>The staged collection takes the live name, and the live one is gone in the same moment.</summary>
    Rename,

    /// <summary>A view is made, in place of what has its name.</summary>
    View,

    /// <summary>A time series is made and the staged buckets are copied into it: the server cannot rename one.</summary>
    TimeSeries,

    /// <summary>The documents of the live collection are replaced by the staged ones: the server does not rename system.js.</summary>
    Contents,

    /// <summary>The staged documents are added to the live collection.</summary>
    Merge,

    /// <summary>A live collection that the backup lacks is dropped.</summary>
    Drop,
}
