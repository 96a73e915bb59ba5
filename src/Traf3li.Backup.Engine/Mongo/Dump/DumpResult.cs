namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>What a dump read.</summary>
/// <param name="Namespaces">In the order of the plan.</param>
/// <param name="Blocks">The stored blocks.</param>
/// <param name="Oplog">The captured oplog; null when none was.</param>
/// <param name="OplogStart">Its first entry's position, or where it would have been.</param>
/// <param name="ConsistencyPoint">The server time that the dump's state belongs to; null when there is none.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record DumpResult(
    IReadOnlyList<NamespaceManifest> Namespaces,
    IReadOnlyList<BlockManifest> Blocks,
    NamespaceManifest? Oplog,
    OplogPosition? OplogStart,
    OplogPosition? ConsistencyPoint,
    IReadOnlyList<string> Warnings)
{
    /// <summary>How often the reading of a collection or of the oplog went on after a lost connection.</summary>
    public int ResumeCount { get; init; }
}
