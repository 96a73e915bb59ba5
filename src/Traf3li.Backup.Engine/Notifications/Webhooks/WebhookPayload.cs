using System.Text.Json;
using System.Text.Json.Serialization;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Notifications.Webhooks;

/// <summary>The body of a webhook in the form that its receiver takes.</summary>
internal static class WebhookPayload
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The form for a host: that of Slack and Teams for theirs, else plain JSON.</summary>
    public static WebhookFormat FormatOf(string host) =>
        IsOf(host, "hooks.slack.com", "hooks.slack-gov.com") ? WebhookFormat.Slack
        // Workflows: Logic Apps, since 2025 Power Platform; the last are the retired connectors, which take the same card.
        : IsOf(host, "logic.azure.com", "logic.azure.us", "api.powerplatform.com", "webhook.office.com") ? WebhookFormat.Teams
        : WebhookFormat.Json;

    /// <summary>The body, UTF-8.</summary>
    public static byte[] Create(WebhookFormat format, NotificationMessage message) => format switch
    {
        WebhookFormat.Slack => JsonSerializer.SerializeToUtf8Bytes(SlackMessage.Create(message)),
        WebhookFormat.Teams => JsonSerializer.SerializeToUtf8Bytes(TeamsCard.Create(message)),
        _ => JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Type = $"{message.Run.Operation}.{message.Run.Outcome}".ToLowerInvariant(),
                message.Kind,
                message.Subject,
                message.Summary,
                Advice = message.Advice.Length > 0 ? message.Advice : null,
                message.Command,
                message.Run,
            },
            Options),
    };

    private static bool IsOf(string host, params ReadOnlySpan<string> domains)
    {
        foreach (var domain in domains)
        {
            if (host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
