namespace Traf3li.Backup;

/// <summary>One line of a restore plan.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Namespace">The target's database.collection; of Redis the database, such as <c>db0</c>.</param>
/// <param name="SourceNamespace">The backup's database.collection, or its database; null where the backup has none.</param>
/// <param name="BackupCount">Documents or keys in the backup; null when unknown.</param>
/// <param name="LiveCount">Documents or keys now live, by the server's estimate; null where there is no such collection.</param>
public sealed record RestoreAction(RestoreActionKind Kind, string Namespace, string? SourceNamespace, long? BackupCount, long? LiveCount)
{
    /// <summary>Whether live data is replaced, dropped or added to.</summary>
    public bool TouchesLiveData => Kind is RestoreActionKind.Replace or RestoreActionKind.Drop or RestoreActionKind.Merge;
}
