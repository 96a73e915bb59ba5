using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>The good backups of one source, type and selection, newest first, so that each can be compared with those before it.</summary>
/// <param name="Subject">Their name: <c>MongoDB Daily</c>.</param>
/// <param name="Newest">The newest.</param>
/// <param name="Earlier">Those before it.</param>
internal sealed record BackupSeries(string Subject, BackupFacts Newest, IReadOnlyList<BackupFacts> Earlier)
{
    /// <summary>Of fewer earlier ones a median says nothing.</summary>
    public const int FewestEarlier = 5;

    /// <summary>Finds the series. Backups before restores come when they come, and are in none.</summary>
    public static IReadOnlyList<BackupSeries> Find(InventoryFacts inventory) =>
    [
        .. inventory.Newest
            .Where(item => item is { IsGood: true, IsSafety: false })
            .GroupBy(item => (item.Source, item.Type, item.Selection))
            .OrderBy(group => group.Key.Source).ThenBy(group => group.Key.Type).ThenBy(group => group.Key.Selection, StringComparer.Ordinal)
            .Select(group => new BackupSeries(Name(group.Key.Source, group.Key.Type, group.Key.Selection), group.First(), [.. group.Skip(1)])),
    ];

    /// <summary>Says of how many earlier ones too few were.</summary>
    public string TooFew => $"{ReasonText.Count(Earlier.Count, "earlier backup")}, {FewestEarlier} are needed to compare";

    private static string Name(BackupSource source, BackupType type, string selection) =>
        $"{source} {type}{(selection.Length == 0 ? "" : $" ({selection})")}";
}
