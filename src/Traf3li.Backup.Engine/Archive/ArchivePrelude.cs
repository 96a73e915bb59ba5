namespace Traf3li.Backup.Engine.Archive;

/// <summary>What an archive says of itself before its data.</summary>
/// <param name="Header">Versions.</param>
/// <param name="Namespaces">Every namespace that follows, the oplog (empty database) included, in the archive's order.</param>
internal sealed record ArchivePrelude(ArchiveHeader Header, IReadOnlyList<ArchiveNamespace> Namespaces)
{
    /// <summary>
    /// The same without the metadata of which the manifest has the server's own bytes: their text is for other tools, and what it says of a
    /// value such as <c>{$oid: "none"}</c>, which a server takes in a view, is no Extended JSON.
    /// </summary>
    public ArchivePrelude WithoutMetadataOf(BackupManifest manifest)
    {
        var recorded = manifest.Namespace.Where(item => item.OptionsBson is not null).Select(item => (item.Database, item.Collection)).ToHashSet();
        return this with { Namespaces = [.. Namespaces.Select(item => recorded.Contains((item.Database, item.Collection)) ? item with { MetadataJson = "" } : item)] };
    }
}
