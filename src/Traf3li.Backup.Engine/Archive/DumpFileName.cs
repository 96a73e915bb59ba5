using System.Security.Cryptography;
using System.Text;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// How mongodump names a collection's files in a dump folder. Source: mongodb/mongo-tools, common/util/file.go (EscapeCollectionName) and
/// mongodump/prepare.go (outputPath).
/// </summary>
internal static class DumpFileName
{
    // 255, the longest file name, less the longest ending, .metadata.json.gz.
    private const int Longest = 238;
    private const int KeptOfLong = 208;

    /// <summary>The name without its ending: query escaping, a leading $ kept; too long ones are cut and get a hash.</summary>
    public static string Escape(string collection)
    {
        var escaped = collection.StartsWith('$') ? "$" + QueryEscape(collection[1..]) : QueryEscape(collection);
        if (escaped.Length <= Longest)
        {
            return escaped;
        }

        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(collection));
        return escaped[..KeptOfLong] + "%24" + Convert.ToBase64String(hash).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <summary>The collection that a name without its ending stands for. Of a cut name only the metadata know it.</summary>
    public static string Unescape(string name) => Uri.UnescapeDataString(name.Replace('+', ' '));

    private static string QueryEscape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
