using Traf3li.Backup.Engine.Health.Facts;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Makes checks.</summary>
internal static class Checks
{
    public static HealthCheck Good(string name, string subject, string value, string? threshold = null) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Good, Value = value, Threshold = threshold };

    public static HealthCheck Skipped(string name, string subject, string reason) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Skipped, Value = reason };

    public static HealthCheck Warning(string name, string subject, string value, string advice, string? threshold = null) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Warning, Value = value, Threshold = threshold, Advice = advice };

    public static HealthCheck Critical(string name, string subject, string value, string advice, string? threshold = null) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Critical, Value = value, Threshold = threshold, Advice = advice };

    /// <summary>A check whose facts could not be found.</summary>
    public static HealthCheck Unknown(string name, string subject, ProbeFailure failure) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Unknown, Value = failure.Reason, Advice = failure.Advice };

    /// <summary>A check of what must work: that it does not is critical, that it does not answer in time is not known.</summary>
    public static HealthCheck Broken(string name, string subject, ProbeFailure failure) =>
        failure.IsTimeOut ? Unknown(name, subject, failure) : Critical(name, subject, failure.Reason, failure.Advice);
}
