using System.Text.Json;
using Traf3li.Backup.Engine.Notifications.Http;

namespace Traf3li.Backup.Engine.Notifications.Resend;

/// <summary>An error of Resend: <c>{"statusCode": 403, "name": "invalid_api_key", "message": "…"}</c> (API reference, "Errors").</summary>
/// <param name="Name">Its kind; empty where the answer has none, as that of a proxy before it.</param>
/// <param name="Message">What it says.</param>
internal sealed record ResendError(string Name, string Message)
{
    /// <summary>Reads an answer; one that is no error of Resend is quoted as it is.</summary>
    public static ResendError Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return new ResendError(Text(json.RootElement, "name"), HttpFailures.Quote(Text(json.RootElement, "message")));
        }
        catch (JsonException)
        {
            return new ResendError("", HttpFailures.Quote(body));
        }

        static string Text(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }

    /// <summary>Whether another attempt may succeed. A spent quota is answered with 429 too, and does not come back within seconds.</summary>
    public bool IsTransient(HttpReply reply) => Name switch
    {
        "daily_quota_exceeded" or "monthly_quota_exceeded" => false,
        "concurrent_idempotent_requests" => true,
        _ => reply.IsTransient,
    };

    /// <summary>What to do about it.</summary>
    public string Recommendation(HttpReply reply) => Name switch
    {
        "missing_api_key" or "invalid_api_key" or "suspended_api_key" or "restricted_api_key" =>
            "Set RESEND_API_KEY to a key that resend.com/api-keys shows as active, with the right to send.",
        "validation_error" when reply.Status == 403 =>
            "Verify the sender's domain at resend.com/domains and set BACKUP_NOTIFICATION_FROM to an address of it; until then only the owner of the account gets mail.",
        "invalid_from_address" => "Correct BACKUP_NOTIFICATION_FROM: an address, or Name <address>.",
        "validation_error" or "missing_required_field" or "invalid_parameter" => "Check BACKUP_NOTIFICATION_FROM and BACKUP_NOTIFICATION_EMAIL.",
        "daily_quota_exceeded" or "monthly_quota_exceeded" => "Wait for the quota of your Resend plan to renew, or take a larger one; BACKUP_NOTIFY=OnChange sends less.",
        "rate_limit_exceeded" => "Send fewer notifications at once, or ask Resend for a higher rate.",
        _ when reply.Status is 401 or 403 => "Check RESEND_API_KEY.",
        _ when reply.Status >= 500 => "Look at resend-status.com; Send-Traf3liTestNotification tries again.",
        _ => "Look the answer up in Resend's reference of errors.",
    };
}
