namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>The backups of a store.</summary>
internal sealed record InventoryFacts
{
    /// <summary>Bytes of everything that was listed, of all environments.</summary>
    public long TotalSize { get; init; }

    /// <summary>The backups of the environment, oldest first.</summary>
    public IReadOnlyList<ListedBackup> Listed { get; init; } = [];

    /// <summary>The newest of each source and type, with what their manifests say, newest first.</summary>
    public IReadOnlyList<BackupFacts> Newest { get; init; } = [];

    /// <summary>
    /// Without backups that are dated later, as a clock that was wrong dates them: they would be the newest until that time has come, and hide that no others are
    /// taken.
    /// </summary>
    public InventoryFacts Until(DateTime latest) => this with { Listed = [.. Listed.Where(item => item.Date <= latest)], Newest = [.. Newest.Where(item => item.Date <= latest)] };

    /// <summary>The newest good state of a kind of server; null when there is none.</summary>
    public BackupFacts? NewestState(BackupSource source) => Newest.FirstOrDefault(item => item.Source == source && item is { IsGood: true, IsPartial: false, IsSafety: false });
}
