namespace Traf3li.Backup;

/// <summary>A way by which is told what became of a run.</summary>
public enum NotificationChannel
{
    /// <summary>Mail by the HTTP API of Resend.</summary>
    Resend,

    /// <summary>Mail by an SMTP server.</summary>
    Smtp,

    /// <summary>An HTTP request with the facts as JSON, also for Slack and Teams.</summary>
    Webhook,

    /// <summary>A ping to a service that raises the alarm when none comes.</summary>
    Ping,

    /// <summary>None: notifications are asked for, and nothing is set that could carry them.</summary>
    None,
}
