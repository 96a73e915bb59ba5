namespace Traf3li.Backup.Engine.Mongo;

/// <summary>What kind of deployment answered.</summary>
internal enum ServerTopology
{
    /// <summary>One mongod without an oplog.</summary>
    Standalone,

    /// <summary>A replica set, with an oplog.</summary>
    ReplicaSet,

    /// <summary>A mongos before shards.</summary>
    Sharded,
}
