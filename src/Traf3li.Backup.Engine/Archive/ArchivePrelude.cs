namespace Traf3li.Backup.Engine.Archive;

/// <summary>What an archive says of itself before its data.</summary>
/// <param name="Header">Versions.</param>
/// <param name="Namespaces">Every namespace that follows, the oplog (empty database) included, in the archive's order.</param>
internal sealed record ArchivePrelude(ArchiveHeader Header, IReadOnlyList<ArchiveNamespace> Namespaces);
