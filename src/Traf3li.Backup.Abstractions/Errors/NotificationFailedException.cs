namespace Traf3li.Backup;

/// <summary>A notification could not be sent. Of a backup's own notifications only a warning tells, since the backup is good all the same.</summary>
public sealed class NotificationFailedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public NotificationFailedException(NotificationChannel channel, string target, string reason, string recommendation, Exception? innerException = null)
        : base("NotificationFailed", Describe(channel, target, reason), recommendation, target, innerException) =>
        Channel = channel;

    /// <summary>The way that it should have gone.</summary>
    public NotificationChannel Channel { get; }

    private static string Describe(NotificationChannel channel, string target, string reason) => channel == NotificationChannel.None
        ? $"No notification was sent: {reason}"
        : $"{channel} did not take a notification for {target}: {reason}";
}
