using System.Net;

namespace Traf3li.Backup;

/// <summary>What <c>Copy-Traf3liBackup</c> was asked for. The destination of the other options is where backups are copied from.</summary>
public sealed record CopyOptions : RunOptions
{
    /// <summary>Where backups are copied to; null takes BACKUP_COPY_DESTINATION.</summary>
    public string? To { get; init; }

    /// <summary>Access key id and secret key of that destination; null takes BACKUP_COPY_ACCESS_KEY_ID and its secret, else the login of the source.</summary>
    public NetworkCredential? ToCredential { get; init; }

    /// <summary>The keys of the backups to copy.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>About how many bytes they have together, for progress; null when unknown.</summary>
    public long? ExpectedSize { get; init; }

    /// <summary>
    /// Whether copies are read back in full, and those that are there already as well; null reads back what went to a folder or was copied by
    /// the store itself, and takes the store's checksums of parts for what was sent to S3.
    /// </summary>
    public bool? Verify { get; init; }

    /// <summary>Backups copied at once; null takes 2.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>The most bytes read from the source a second, of all copies together; null does not limit.</summary>
    public long? RateLimit { get; init; }

    /// <summary>Of a mirror: the kind of server; null or All takes any.</summary>
    public BackupSource? Source { get; init; }

    /// <summary>Of a mirror: schedules; empty takes all.</summary>
    public IReadOnlyList<BackupType> Type { get; init; } = [];

    /// <summary>Of a mirror: only backups begun at or after this time, UTC.</summary>
    public DateTime? After { get; init; }

    /// <summary>Of a mirror: only backups begun before this time, UTC.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Of a mirror: only the newest so many that satisfy all else, whether they are there already or not.</summary>
    public int? Latest { get; init; }

    /// <summary>Of a mirror: whether backups without a manifest are taken as well.</summary>
    public bool IncludeLegacy { get; init; }

    /// <summary>Of a mirror: days that it keeps; null takes BACKUP_COPY_RETENTION_DAYS.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>Of a mirror: weeks that it keeps; null takes BACKUP_COPY_RETENTION_WEEKS.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>Of a mirror: months that it keeps; null takes BACKUP_COPY_RETENTION_MONTHS.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>Of a mirror: years that it keeps; null takes BACKUP_COPY_RETENTION_YEARS.</summary>
    public int? KeepYearly { get; init; }
}
