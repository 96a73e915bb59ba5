namespace Traf3li.Backup.Engine.Notifications.Webhooks;

/// <summary>The form of a webhook's body.</summary>
internal enum WebhookFormat
{
    /// <summary>Slack's or Teams' where the host is theirs, else JSON.</summary>
    Auto,

    /// <summary>The facts of the run as JSON.</summary>
    Json,

    /// <summary>A message of Slack's Block Kit.</summary>
    Slack,

    /// <summary>An Adaptive Card, as Workflows of Teams take it.</summary>
    Teams,
}
