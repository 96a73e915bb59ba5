using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Judges whether anybody would be told.</summary>
internal static class NotificationJudge
{
    /// <summary>Judges the channels.</summary>
    /// <param name="results">What became of trying each; Sent means that it would take one.</param>
    /// <param name="isOn">Whether notifications are switched on.</param>
    public static IEnumerable<HealthCheck> JudgeChannels(IReadOnlyList<NotificationResult> results, bool isOn)
    {
        if (results.Count == 0)
        {
            yield return isOn
                ? Checks.Warning(CheckNames.NotificationChannel, "notifications", "they are asked for, but nothing is set that could carry them", "Set BACKUP_NOTIFICATION_EMAIL and RESEND_API_KEY or BACKUP_SMTP_HOST, or BACKUP_WEBHOOK_URL, or BACKUP_PING_URL.")
                : Checks.Skipped(CheckNames.NotificationChannel, "notifications", "they are off: BACKUP_NOTIFICATION_ENABLED is not true");
        }

        foreach (var result in results)
        {
            var subject = $"{result.Channel} {result.Target}";
            yield return result.Status == NotificationStatus.Failed
                ? Checks.Warning(CheckNames.NotificationChannel, subject, result.Error ?? "it refuses", result.Recommendation ?? "Send-Traf3liTestNotification tells more.")
                : Checks.Good(CheckNames.NotificationChannel, subject, "it would be taken");
        }
    }

    /// <summary>Judges what could not be told.</summary>
    public static IEnumerable<HealthCheck> JudgeFailures(IReadOnlyList<FailedNotification> failures)
    {
        if (failures.Count == 0)
        {
            yield return Checks.Good(CheckNames.FailedNotification, "notifications", "none since one went through");
        }

        foreach (var failure in failures)
        {
            yield return Checks.Warning(CheckNames.FailedNotification, $"{failure.Channel} {failure.Target}", $"{ReasonText.Time(failure.Time)}: {failure.Error}", failure.Recommendation);
        }
    }
}
