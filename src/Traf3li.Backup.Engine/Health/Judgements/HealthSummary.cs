using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>The five lines that the Node scripts' health check showed, and a last one that says what all checks come to.</summary>
internal static class HealthSummary
{
    private const string Yes = "✅";
    private const string Doubt = "⚠️";
    private const string No = "❌";
    private const string None = "➖";

    /// <summary>Writes them.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="jobs">The schedules that are expected to run; null when a schedule cannot be read.</param>
    public static IReadOnlyList<string> Write(IReadOnlyList<HealthCheck> checks, int? jobs) =>
    [
        Line("S3 Credentials", checks, CheckNames.StoreCredential, "", "Configured", "Not needed"),
        Line("MongoDB URI", checks, CheckNames.ServerReachable, $"{BackupSource.MongoDB}", "Configured", "Not configured"),
        Line("Redis Connection", checks, CheckNames.ServerReachable, $"{BackupSource.Redis}", "Connected", "Not configured"),
        Line("Email Notifications", checks, CheckNames.NotificationChannel, "", "Configured", "Not configured"),
        jobs is { } count ? $"{Yes} Scheduled Jobs: {count} job(s)" : $"{No} Scheduled Jobs: Not readable",
        "",
        Verdict(checks),
    ];

    private static string Line(string title, IReadOnlyList<HealthCheck> checks, string name, string subject, string good, string skipped)
    {
        var found = checks.Where(check => check.Name == name && (subject.Length == 0 || check.Subject == subject)).Select(check => check.Status).DefaultIfEmpty(HealthStatus.Unknown).Max();
        return found switch
        {
            HealthStatus.Good => $"{Yes} {title}: {good}",
            HealthStatus.Skipped => $"{None} {title}: {skipped}",
            HealthStatus.Warning => $"{Doubt} {title}: {good}, with a warning",
            HealthStatus.Accepted => $"{Yes} {title}: {good}, with an accepted warning",
            HealthStatus.Unknown => $"{Doubt} {title}: No answer",
            _ => $"{No} {title}: Failed",
        };
    }

    private static string Verdict(IReadOnlyList<HealthCheck> checks)
    {
        var critical = checks.Count(check => check.Status == HealthStatus.Critical);
        var unknown = checks.Count(check => check.Status == HealthStatus.Unknown);
        var warnings = checks.Count(check => check.Status == HealthStatus.Warning);
        var accepted = checks.Count(check => check.Status == HealthStatus.Accepted);
        var parts = new[]
        {
            critical > 0 ? $"{critical} critical" : "",
            warnings > 0 ? ReasonText.Count(warnings, "warning") : "",
            unknown > 0 ? $"{unknown} unknown" : "",
        }.Where(part => part.Length > 0);
        return HealthVerdict.Of(checks) switch
        {
            HealthStatus.Good => $"{Yes} All systems operational{(accepted > 0 ? $", {ReasonText.Count(accepted, "warning")} accepted" : "")}",
            HealthStatus.Critical => $"{No} {string.Join(", ", parts)}",
            _ => $"{Doubt} {string.Join(", ", parts)}",
        };
    }
}
