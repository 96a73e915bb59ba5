namespace Traf3li.Backup.Engine.Retention;

/// <summary>
/// Backups that can stand for each other: of one environment, source and selection. The host is no part of it, so a server that moved goes on
/// with its set; and what a restore was about to replace is a set of its own, since it is often the damage and not the cure.
/// </summary>
internal readonly record struct RetentionSet(string Environment, BackupSource Source, string Selection, bool IsSafety)
{
    public override string ToString() => $"{Environment} {Source}{(Selection.Length == 0 ? "" : $" {Selection}")}{(IsSafety ? " before restores" : "")}";

    /// <summary>A selection in a form that is the same for the same selection.</summary>
    public static string Describe(BackupSelection selection)
    {
        var taken = string.Join(',', selection.Database.Concat(selection.Collection).Order(StringComparer.Ordinal));
        var left = string.Join(',', selection.ExcludeCollection.Order(StringComparer.Ordinal));
        return left.Length == 0 ? taken : $"{(taken.Length == 0 ? "all" : taken)} without {left}";
    }
}
