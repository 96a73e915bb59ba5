using System.Net;
using System.Text;

namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>
/// A message as HTML for mail programs: tables and inline styles, since several of them drop the rest; nothing from outside; light and dark
/// (a program that does not know the media query keeps the light one, with colours that its own darkening can invert).
/// </summary>
internal static class HtmlMail
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
    private const string Mono = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace";
    private const string Breaking = "overflow-wrap:anywhere;word-break:break-word";

    private const string Dark =
        "@media (prefers-color-scheme:dark){.page{background:#16181c!important}.card{background:#22252b!important}.text{color:#e6e8eb!important}" +
        ".dim{color:#a4abb6!important}.line{border-color:#3a3f48!important}.code{background:#16181c!important;color:#e6e8eb!important}.note{background:#3a3218!important;color:#f3e6bd!important}}";

    /// <summary>The whole document.</summary>
    public static string Format(NotificationMessage message)
    {
        var (label, color) = Look(message);
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">")
            .Append("<title>").Append(Encode(message.Subject)).Append("</title><style>").Append(Dark).Append("</style></head>\n")
            .Append("<body class=\"page\" style=\"margin:0;padding:0;background:#f2f4f7\">\n")
            .Append("<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f2f4f7\"><tr><td align=\"center\" style=\"padding:16px 8px\">\n")
            .Append("<table role=\"presentation\" class=\"card\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:640px;background:#ffffff;border-top:4px solid ").Append(color)
            .Append(";table-layout:fixed\">\n");
        Row(html, "padding:20px 20px 4px", $"<span style=\"{Font};font-size:13px;font-weight:bold;letter-spacing:.04em;color:#ffffff;background:{color};padding:3px 8px\">{label}</span>");
        Row(html, "padding:10px 20px 4px", $"<div class=\"text\" style=\"{Font};{Breaking};font-size:17px;line-height:1.45;color:#1c2128\">{Encode(message.Summary)}</div>");
        if (message.Advice.Length > 0 || message.Command is not null)
        {
            Advice(html, message);
        }

        foreach (var warning in message.Warning)
        {
            Row(html, "padding:8px 20px 0", $"<div class=\"note\" style=\"{Font};{Breaking};font-size:14px;line-height:1.45;color:#4d3b00;background:#fff4d1;padding:8px 10px\">{Encode(warning)}</div>");
        }

        Facts(html, message);
        Row(html, "padding:4px 20px 20px", $"<div class=\"dim\" style=\"{Font};font-size:12px;line-height:1.45;color:#626b78\">Sent by Traf3li.Backup. BACKUP_NOTIFY decides of which runs you are told.</div>");
        return html.Append("</table>\n</td></tr></table>\n</body></html>\n").ToString();
    }

    private static void Advice(StringBuilder html, NotificationMessage message)
    {
        Row(html, "padding:12px 20px 0", $"<div class=\"text\" style=\"{Font};font-size:14px;font-weight:bold;color:#1c2128\">What to do</div>");
        if (message.Advice.Length > 0)
        {
            Row(html, "padding:4px 20px 0", $"<div class=\"text\" style=\"{Font};{Breaking};font-size:15px;line-height:1.45;color:#1c2128\">{Encode(message.Advice)}</div>");
        }

        if (message.Command is { } command)
        {
            Row(html, "padding:8px 20px 0", $"<div class=\"code\" style=\"{Mono};{Breaking};font-size:13px;line-height:1.5;color:#1c2128;background:#eef1f5;padding:10px\">{Encode(command)}</div>");
        }
    }

    private static void Facts(StringBuilder html, NotificationMessage message)
    {
        html.Append("<tr><td style=\"padding:16px 20px 12px\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"table-layout:fixed;border-collapse:collapse\">\n");
        foreach (var fact in message.Fact)
        {
            const string Cell = "padding:6px 8px 6px 0;border-top:1px solid #e3e7ec;vertical-align:top;font-size:14px;line-height:1.4";
            html.Append($"<tr><td class=\"dim line\" width=\"30%\" style=\"{Font};{Cell};color:#626b78\">{Encode(fact.Name)}</td>")
                .Append($"<td class=\"text line\" style=\"{Font};{Breaking};{Cell};color:#1c2128\">{Encode(fact.Value)}</td></tr>\n");
        }

        html.Append("</table></td></tr>\n");
    }

    private static (string Label, string Color) Look(NotificationMessage message) => message switch
    {
        { Kind: NotificationKind.Test } => ("TEST", "#1f5fbf"),
        { Kind: NotificationKind.Recovery } => ("RECOVERED", "#1a7f37"),
        { Kind: NotificationKind.Reminder, Severity: Severity.Bad } => ("STILL FAILING", "#b42318"),
        { Run.Outcome: RunOutcome.Cancelled } => ("STOPPED", "#b42318"),
        { Run.Outcome: RunOutcome.Locked } => ("LOCKED OUT", "#b42318"),
        { Severity: Severity.Bad } => ("FAILED", "#b42318"),
        { Severity: Severity.Warning } => ("WARNING", "#8a5a00"),
        _ => ("OK", "#1a7f37"),
    };

    private static void Row(StringBuilder html, string style, string content) => html.Append("<tr><td style=\"").Append(style).Append("\">").Append(content).Append("</td></tr>\n");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
