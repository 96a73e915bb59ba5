using System.Text.Json.Serialization;

namespace Traf3li.Backup.Engine.Notifications.Resend;

/// <summary>The body of <c>POST /emails</c> (Resend API reference, "Send Email").</summary>
internal sealed record ResendEmail
{
    /// <summary>The sender.</summary>
    [JsonPropertyName("from")]
    public required string From { get; init; }

    /// <summary>The recipients, 50 at most.</summary>
    [JsonPropertyName("to")]
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The subject.</summary>
    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    /// <summary>The mail as HTML.</summary>
    [JsonPropertyName("html")]
    public required string Html { get; init; }

    /// <summary>The mail as text.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }
}
