namespace Traf3li.Backup;

/// <summary>
/// Which databases and collections a backup was asked to take. A restore that makes a database equal to the backup drops only what this
/// would have taken, had it existed. Empty lists take all.
/// </summary>
public sealed class BackupSelection
{
    /// <summary>Databases, wildcards allowed.</summary>
    public IReadOnlyList<string> Database { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Namespaces (<c>db.collection</c>, wildcards allowed).</summary>
    public IReadOnlyList<string> Collection { get; init => field = Indexable.Of(value); } = [];

    /// <summary>Namespaces (<c>db.collection</c>, wildcards allowed) left out.</summary>
    public IReadOnlyList<string> ExcludeCollection { get; init => field = Indexable.Of(value); } = [];
}
