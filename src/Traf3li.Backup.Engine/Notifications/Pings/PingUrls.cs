using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Notifications.Pings;

/// <summary>
/// Which address the backups of a schedule ping. One that is set for a schedule wins over the general one; backups of MongoDB taken by hand ping none, or
/// they would hide that a scheduled one did not come.
/// </summary>
internal static class PingUrls
{
    /// <summary>The settings that hold addresses.</summary>
    public static readonly IReadOnlyList<Setting<string>> All =
    [
        KnownSettings.PingUrl, KnownSettings.PingUrlDaily, KnownSettings.PingUrlWeekly, KnownSettings.PingUrlMonthly, KnownSettings.PingUrlYearly, KnownSettings.PingUrlRedis,
    ];

    /// <summary>The address for a run; null when it pings none.</summary>
    public static Uri? Find(EngineSettings settings, RunRecord run)
    {
        if (run is not { Operation: RunOperation.Backup, Source: { } source } || (source == BackupSource.MongoDB && run.Type is null or BackupType.Manual))
        {
            return null;
        }

        var type = source == BackupSource.Redis ? "redis" : $"{run.Type}";
        var own = All.FirstOrDefault(setting => setting.Name.EndsWith("_" + type, StringComparison.OrdinalIgnoreCase));
        var chosen = own is not null && settings.IsSet(own) ? own : KnownSettings.PingUrl;
        return settings.Find(chosen) is { } text ? Fill(text, $"{source}", type, run.Environment) : null;
    }

    /// <summary>The address of a setting, of a daily backup where it depends on that.</summary>
    public static Uri Example(EngineSettings settings, Setting<string> setting) =>
        Fill(settings.Require(setting), nameof(BackupSource.MongoDB), nameof(BackupType.Daily), settings.Environment);

    /// <summary>The address of a moment: what is added goes behind the path and before a query.</summary>
    public static Uri At(Uri url, PingMoment moment) => moment == PingMoment.Success
        ? url
        : new UriBuilder(url) { Path = $"{url.AbsolutePath.TrimEnd('/')}/{moment.ToString().ToLowerInvariant()}" }.Uri;

    // A slug of healthchecks.io is of lower case letters, digits, hyphens and underscores.
    private static Uri Fill(string text, string source, string type, string environment) => new(text
        .Replace("{source}", source.ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("{type}", type.ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("{environment}", environment.ToLowerInvariant().Replace('.', '-'), StringComparison.Ordinal));
}
