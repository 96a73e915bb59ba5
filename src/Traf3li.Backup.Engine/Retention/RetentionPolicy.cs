using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>How many backups are kept, and which in any case.</summary>
internal sealed record RetentionPolicy
{
    public RetentionScheme Scheme { get; init; } = RetentionScheme.ByType;

    /// <summary>Days kept.</summary>
    public int Daily { get; init; } = 7;

    /// <summary>Weeks kept.</summary>
    public int Weekly { get; init; } = 4;

    /// <summary>Months kept.</summary>
    public int Monthly { get; init; } = 12;

    /// <summary>Years kept.</summary>
    public int Yearly { get; init; } = 7;

    /// <summary>The newest good ones kept of each set, whatever their type.</summary>
    public int Last { get; init; }

    /// <summary>The time in which every good one is kept; null for none.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Tags, <c>name</c> or <c>name=value</c>, one of which keeps a backup.</summary>
    public IReadOnlyList<string> Tag { get; init; } = [];

    /// <summary>The greatest part of a set that one run may remove without <see cref="Force" />.</summary>
    public double MaxShare { get; init; } = 0.5;

    /// <summary>Lets one run remove any part of a set.</summary>
    public bool Force { get; init; }

    /// <summary>The policy that was asked for; what was not given comes from the settings.</summary>
    /// <exception cref="ConfigurationInvalidException">A setting is no whole number.</exception>
    public static RetentionPolicy From(RetentionOptions options, EngineSettings settings) => new()
    {
        Scheme = options.Scheme,
        Daily = settings.Require(KnownSettings.RetentionDays),
        Weekly = settings.Require(KnownSettings.RetentionWeeks),
        Monthly = settings.Require(KnownSettings.RetentionMonths),
        Yearly = settings.Require(KnownSettings.RetentionYears),
        Last = options.KeepLast,
        Within = options.KeepWithin,
        Tag = options.KeepTag,
        Force = options.Force,
    };

    /// <summary>How many periods are kept of a type; null for those taken by hand, which no number concerns.</summary>
    public int? CountOf(BackupType type) => type switch
    {
        BackupType.Daily => Daily,
        BackupType.Weekly => Weekly,
        BackupType.Monthly => Monthly,
        BackupType.Yearly => Yearly,
        _ => null,
    };
}
