namespace Traf3li.Backup;

/// <summary>How the numbers of days, weeks, months and years of a retention policy are read. Periods are those of UTC, weeks begin on Monday.</summary>
public enum RetentionScheme
{
    /// <summary>
    /// Each type by its own number, as the Node scripts kept their folders: of daily backups all those of the newest so many days that have a
    /// good one, of weekly ones by weeks, and so on. Backups of Redis without another type count as daily. Those taken by hand stay.
    /// </summary>
    ByType,

    /// <summary>All types together (grandfather, father, son): the newest good backup of each of the newest so many days, weeks, months and years.</summary>
    GrandfatherFatherSon,
}
