using System.Text;

namespace Traf3li.Backup.Engine.Stores;

/// <summary>What a key may be, the same for every store, so that a backup can move from one to another.</summary>
/// <remarks>No key may be another key's folder (<c>a</c> beside <c>a/b</c>): S3 would allow it, a file system cannot.</remarks>
internal static class ObjectKey
{
    /// <summary>S3's limit, bytes of UTF-8 (Amazon S3 user guide, "Naming Amazon S3 objects").</summary>
    private const int LongestKey = 1024;

    /// <summary>Refuses what is no key: empty, too long, absolute, with an empty, <c>.</c> or <c>..</c> part, a backslash or a control character.</summary>
    /// <exception cref="ConfigurationInvalidException">It is no key.</exception>
    public static void Require(string key)
    {
        if (!IsValid(key))
        {
            throw new ConfigurationInvalidException(
                "Key", $"'{Printable(key)}' is no key of a backup.", "Take the key as Get-Traf3liBackup shows it: parts with / between them, none of them empty, '.' or '..'.");
        }
    }

    /// <summary>Whether it is a key.</summary>
    public static bool IsValid(string key) =>
        key.Length is > 0 and <= LongestKey
        && Encoding.UTF8.GetByteCount(key) <= LongestKey
        && !key.Any(c => char.IsControl(c) || c == '\\')
        && key.Split('/').All(part => part is not ("" or "." or ".."));

    private static string Printable(string key) => new([.. key.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);
}
