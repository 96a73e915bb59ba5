using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Notifications.Pings;

/// <summary>
/// Which address the backups of a schedule ping. One that is set for a schedule wins over the general one; backups taken by hand ping none, or they would
/// hide that a scheduled one did not come.
/// </summary>
internal static class PingUrls
{
    /// <summary>The address for a run; null when it pings none.</summary>
    public static Uri? Find(EngineSettings settings, RunRecord run)
    {
        if (run is not { Operation: RunOperation.Backup, Source: { } source } || (source == BackupSource.MongoDB && run.Type is null or BackupType.Manual))
        {
            return null;
        }

        var own = source == BackupSource.Redis ? KnownSettings.PingUrlRedis : run.Type switch
        {
            BackupType.Daily => KnownSettings.PingUrlDaily,
            BackupType.Weekly => KnownSettings.PingUrlWeekly,
            BackupType.Monthly => KnownSettings.PingUrlMonthly,
            BackupType.Yearly => KnownSettings.PingUrlYearly,
            _ => KnownSettings.PingUrl,
        };
        return Named(settings, own, run) ?? Named(settings, KnownSettings.PingUrl, run);
    }

    /// <summary>The address of a moment: what is added goes behind the path and before a query.</summary>
    public static Uri At(Uri url, PingMoment moment) => moment == PingMoment.Success
        ? url
        : new UriBuilder(url) { Path = $"{url.AbsolutePath.TrimEnd('/')}/{moment.ToString().ToLowerInvariant()}" }.Uri;

    private static Uri? Named(EngineSettings settings, Setting<string> setting, RunRecord run) => settings.Find(setting) is { } text
        ? new Uri(text
            .Replace("{source}", Uri.EscapeDataString($"{run.Source}".ToLowerInvariant()), StringComparison.Ordinal)
            .Replace("{type}", Uri.EscapeDataString(run.Source == BackupSource.Redis ? "redis" : $"{run.Type}".ToLowerInvariant()), StringComparison.Ordinal)
            .Replace("{environment}", Uri.EscapeDataString(run.Environment.ToLowerInvariant()), StringComparison.Ordinal))
        : null;
}
