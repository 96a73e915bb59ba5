namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>What a restore did.</summary>
/// <param name="Namespaces">What is live now.</param>
/// <param name="OplogEntries">Oplog entries applied.</param>
/// <param name="RefusedFolder">Where refused documents lie; null when there are none.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record RestoreOutcome(
    IReadOnlyList<RestoredNamespace> Namespaces, long OplogEntries, string? RefusedFolder, IReadOnlyList<string> Warnings);
