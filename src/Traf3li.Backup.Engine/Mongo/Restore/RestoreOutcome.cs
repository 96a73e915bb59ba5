namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>What a restore did.</summary>
/// <param name="Namespaces">What is live now.</param>
/// <param name="Dropped">The full names of what was live and is gone.</param>
/// <param name="OplogEntries">Oplog entries applied.</param>
/// <param name="RefusedFolder">Where refused documents lie; null when there are none.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record RestoreOutcome(
    IReadOnlyList<RestoredNamespace> Namespaces, IReadOnlyList<string> Dropped, long OplogEntries, string? RefusedFolder, IReadOnlyList<string> Warnings);
