namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>What checks come to.</summary>
internal static class HealthVerdict
{
    /// <summary>
    /// The worst of them. What is not known is a warning, and critical where no backup can be expected without it: a store that gives no answer now gives
    /// none tonight. What was skipped or accepted does not count.
    /// </summary>
    public static HealthStatus Of(IReadOnlyList<HealthCheck> checks) =>
        checks.Any(check => check.Status == HealthStatus.Critical || (check.Status == HealthStatus.Unknown && CheckNames.IsEssential(check.Name))) ? HealthStatus.Critical
        : checks.Any(check => check.Status is HealthStatus.Warning or HealthStatus.Unknown) ? HealthStatus.Warning
        : HealthStatus.Good;
}
