namespace Traf3li.Backup.Engine.Retention;

/// <summary>A backup of a store with the keys of its objects.</summary>
/// <param name="Candidate">What is decided about it.</param>
/// <param name="ObjectKeys">The objects that are there, the manifest not among them.</param>
/// <param name="ManifestKey">The key of its manifest; null when it has none.</param>
internal sealed record StoredBackup(RetentionCandidate Candidate, IReadOnlyList<string> ObjectKeys, string? ManifestKey)
{
    /// <summary>The key of its hold; null when it has none.</summary>
    public string? HoldKey { get; init; }

    /// <summary>All that it consists of: its manifest, which goes first, and its objects.</summary>
    public IEnumerable<string> Parts => ManifestKey is null ? ObjectKeys : ObjectKeys.Prepend(ManifestKey);
}
