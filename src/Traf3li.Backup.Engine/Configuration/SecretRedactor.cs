using System.Text.RegularExpressions;

namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Takes secrets out of text that holds URIs. Every URI that is shown goes through here.</summary>
/// <remarks>
/// Errs on the side of hiding: a password with unescaped <c>/</c>, <c>?</c> or <c>@</c> is not valid in a URI, but people write it, so of
/// a database URI everything before the last <c>@</c> is taken for user and password.
/// </remarks>
internal static partial class SecretRedactor
{
    private const string Mask = "***";

    /// <summary>The text without passwords and sensitive parameters.</summary>
    public static string Redact(string text)
    {
        var withoutPasswords = Uris().Replace(text, match => match.Groups["scheme"].Value + "://" + WithoutUserInfo(match.Groups["scheme"].Value, match.Groups["rest"].Value));
        return Parameters().Replace(withoutPasswords, "${name}=" + Mask);
    }

    private static string WithoutUserInfo(string scheme, string rest)
    {
        var isStore = scheme.Equals("s3", StringComparison.OrdinalIgnoreCase) || scheme.Equals("file", StringComparison.OrdinalIgnoreCase);
        var authority = rest.AsSpan();
        if (isStore && authority.IndexOfAny('/', '?', '#') is >= 0 and var end && !authority[..end].Contains(':'))
        {
            // Folders, prefixes and tags may hold an @; a bucket or host in front of them holds a colon only when it is no bucket.
            authority = authority[..end];
        }

        var at = authority.LastIndexOf('@');
        if (at < 0)
        {
            return rest;
        }

        var userInfo = rest[..at];
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var shown = user.AsSpan().IndexOfAny('/', '?', '@') < 0 && colon >= 0 ? user + ":" + Mask : Mask;
        return shown + rest[at..];
    }

    [GeneratedRegex("""(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?<rest>[^\s"'<>]*)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uris();

    [GeneratedRegex("""(?<=[?&;])(?<name>[A-Za-z0-9_.\-]*(password|passwd|pwd|passphrase|secret|token|signature|credential|api[_\-]?key|access[_\-]?key([_\-]?id)?|authMechanismProperties)|sig)=[^&;#\s"'<>]*""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Parameters();
}
