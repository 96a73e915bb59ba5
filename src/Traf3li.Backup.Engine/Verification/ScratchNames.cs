using System.Globalization;
using System.Security.Cryptography;
using Traf3li.Backup.Engine.Mongo;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>The names that the databases of a backup get on a scratch server: <c>traf3li_drill_&lt;8 hex&gt;_&lt;n&gt;</c>, new ones for each test.</summary>
internal sealed class ScratchNames
{
    private const string Common = "traf3li_drill_";
    private const int RandomLength = 8;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Makes names for these databases.</summary>
    public ScratchNames(IEnumerable<string> databases)
    {
        Prefix = $"{Common}{RandomNumberGenerator.GetHexString(RandomLength, lowercase: true)}_";
        foreach (var database in databases.Distinct(StringComparer.Ordinal))
        {
            _names[database] = Prefix + _names.Count.ToString(CultureInfo.InvariantCulture);
        }

        // The captured oplog may create a database that the archive does not list; it must not come to life under its own name.
        Map =
        [
            .. _names.Select(pair => KeyValuePair.Create(NamespacePattern.Escape(pair.Key) + ".*", pair.Value + ".*")),
            KeyValuePair.Create("*", Prefix + "other.*"),
        ];
    }

    /// <summary>What all names begin with.</summary>
    public string Prefix { get; }

    /// <summary>The names as a restore takes them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map { get; }

    /// <summary>The databases of the backup with their names on the scratch server.</summary>
    public IReadOnlyDictionary<string, string> Databases => _names;

    /// <summary>Whether a database is one of any test.</summary>
    public static bool IsAnyDrill(string database) =>
        database.StartsWith(Common, StringComparison.Ordinal)
        && database.Length > Common.Length + RandomLength
        && database[Common.Length + RandomLength] == '_'
        && database.Skip(Common.Length).Take(RandomLength).All(char.IsAsciiHexDigitLower);

    /// <summary>Whether a database is one of this test.</summary>
    public bool IsScratch(string database) => database.StartsWith(Prefix, StringComparison.Ordinal);
}
