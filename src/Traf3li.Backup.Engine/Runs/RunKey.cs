using System.Globalization;
using System.Text.RegularExpressions;
using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>
/// The name of a record: <c>backups/.history/YYYY/MM/{begin}-{operation}-{source|none}-{type|none}-{outcome}-{8 hexadecimal digits}.json</c>, all
/// lower case but the time, which is UTC. A listing alone so tells what most questions ask for.
/// </summary>
internal sealed partial record RunKey(DateTime Time, RunOperation Operation, BackupSource? Source, BackupType? Type, RunOutcome Outcome, string Id)
{
    /// <summary>The folder of all records.</summary>
    public const string Folder = BackupKey.Root + ".history/";

    private const string TimeFormat = "yyyy-MM-dd'T'HH-mm-ss-fff'Z'";
    private const int IdLength = 8;

    /// <summary>The name of a record.</summary>
    public static RunKey Of(RunRecord record) =>
        new(record.StartTime, record.Operation, record.Source, record.Type, record.Outcome, record.Id[..IdLength]);

    /// <summary>The folder of a month's records.</summary>
    public static string FolderOf(DateTime month) => Folder + month.ToString("yyyy/MM/", CultureInfo.InvariantCulture);

    /// <summary>Understands a key; null for any other name.</summary>
    public static RunKey? TryParse(string key)
    {
        var match = Expression().Match(key);
        return match.Success
            && DateTime.TryParseExact(match.Groups["time"].Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && Enum.TryParse<RunOperation>(match.Groups["operation"].Value, ignoreCase: true, out var operation)
            && Enum.TryParse<RunOutcome>(match.Groups["outcome"].Value, ignoreCase: true, out var outcome)
            && TryParse<BackupSource>(match.Groups["source"].Value, out var source)
            && TryParse<BackupType>(match.Groups["type"].Value, out var type)
            ? new RunKey(time, operation, source, type, outcome, match.Groups["id"].Value)
            : null;
    }

    /// <summary>The key.</summary>
    public override string ToString() =>
        $"{FolderOf(Time)}{Time.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Text(Operation)}-{Text(Source)}-{Text(Type)}-{Text(Outcome)}-{Id}.json";

    private static string Text<T>(T value) => value?.ToString()?.ToLowerInvariant() ?? "none";

    private static bool TryParse<T>(string text, out T? value)
        where T : struct, Enum
    {
        value = Enum.TryParse<T>(text, ignoreCase: true, out var parsed) ? parsed : null;
        return value is not null || text == "none";
    }

    [GeneratedRegex(
        @"^backups/\.history/[0-9]{4}/[0-9]{2}/(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{3}Z)-(?<operation>[a-z]+)-(?<source>[a-z]+)-(?<type>[a-z]+)-(?<outcome>[a-z]+)-(?<id>[0-9a-f]{8})\.json$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();
}
