using System.Globalization;
using System.Text.RegularExpressions;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>
/// The name under which a backup is stored. It is the layout of the Node scripts, so old and new backups lie side by side:
/// <c>backups/{type}/YYYY/MM/mongodb-{type}-{environment}-YYYY-MM-DDTHH-mm-ss-fffZ.archive.gz</c> and
/// <c>backups/redis/YYYY/MM/redis-{environment}-….rdb.gz</c>, all times UTC.
/// </summary>
internal sealed partial record BackupKey
{
    /// <summary>The folder of all backups.</summary>
    public const string Root = "backups/";

    /// <summary>
    /// Comes in the order of keys after those of folders below <see cref="Root" /> whose names begin with a dot (history, locks, journals), and before
    /// those of backups: a listing from here on passes them over.
    /// </summary>
    public const string AfterInternal = Root + ".~";

    /// <summary>What follows a backup's key in the key of its manifest.</summary>
    public const string ManifestSuffix = ".manifest.json";

    private const string TimeFormat = "yyyy-MM-dd'T'HH-mm-ss-fff'Z'";

    public required BackupSource Source { get; init; }

    public required BackupType Type { get; init; }

    public required string Environment { get; init; }

    /// <summary>When the backup was begun, UTC, to the millisecond.</summary>
    public required DateTime Time { get; init; }

    public required CompressionMethod Compression { get; init; }

    /// <summary>The key of a manifest for this key.</summary>
    public static string ManifestOf(string key) => key + ManifestSuffix;

    /// <summary>The key of the backup that an object belongs to: without <c>.shard2</c>, which <see cref="ShardKey" /> adds.</summary>
    public static string WithoutShard(string key) => ShardExpression().Replace(key, "");

    /// <summary>How the keys of all objects of a Redis backup but the first begin.</summary>
    public static string ShardPrefixOf(string key) => key[..key.LastIndexOf(".rdb", StringComparison.Ordinal)] + ".shard";

    /// <summary>Whether an environment label can stand in a key: 1 to 64 letters, digits, dots, underscores and hyphens, a letter or digit first.</summary>
    public static bool IsValidEnvironment(string label) => EnvironmentExpression().IsMatch(label);

    /// <summary>Reads a key of this layout; null for any other name. The Node scripts also wrote keys with a date and no time.</summary>
    public static BackupKey? TryParse(string key)
    {
        var match = KeyExpression().Match(key);
        if (!match.Success)
        {
            return null;
        }

        var isRedis = match.Groups["redis"].Success;
        var stamp = match.Groups["time"].Value;
        if (!DateTime.TryParseExact(
            stamp,
            [TimeFormat, "yyyy-MM-dd"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time))
        {
            return null;
        }

        return new BackupKey
        {
            Source = isRedis ? BackupSource.Redis : BackupSource.MongoDB,
            Type = isRedis ? BackupType.Manual : Enum.Parse<BackupType>(match.Groups["type"].Value, ignoreCase: true),
            Environment = match.Groups["environment"].Value,
            Time = time,
            Compression = match.Groups["compression"].Value switch
            {
                ".gz" => CompressionMethod.Gzip,
                ".zst" => CompressionMethod.Zstd,
                _ => CompressionMethod.None,
            },
        };
    }

    /// <summary>Reads the last part of a key of this layout, the name of a file that was copied out of its folder; null for any other name.</summary>
    public static BackupKey? TryParseName(string name) =>
        TryParse($"{Root}redis/0000/00/{name}") ?? (name.Split('-') is [_, var type, ..] ? TryParse($"{Root}{type}/0000/00/{name}") : null);

    /// <summary>The key of one of several objects of a backup: the first has the backup's own, the others <c>.shard2</c> and so on before <c>.rdb</c>.</summary>
    /// <param name="index">Which object, from 0.</param>
    public string ShardKey(int index)
    {
        var key = ToString();
        return index == 0 ? key : key.Insert(key.LastIndexOf(".rdb", StringComparison.Ordinal), string.Create(CultureInfo.InvariantCulture, $".shard{index + 1}"));
    }

    /// <summary>The key.</summary>
    public override string ToString()
    {
        var month = Time.ToString("yyyy/MM", CultureInfo.InvariantCulture);
        var stamp = Time.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var type = Type.ToString().ToLowerInvariant();
        var compression = Compression switch { CompressionMethod.Gzip => ".gz", CompressionMethod.Zstd => ".zst", _ => "" };
        return Source == BackupSource.Redis
            ? $"{Root}redis/{month}/redis-{Environment}-{stamp}.rdb{compression}"
            : $"{Root}{type}/{month}/mongodb-{type}-{Environment}-{stamp}.archive{compression}";
    }

    [GeneratedRegex(
        """
        ^backups/
        (?:(?<type>daily|weekly|monthly|yearly|manual)/\d{4}/\d{2}/mongodb-\k<type>|(?<redis>redis)/\d{4}/\d{2}/redis)
        -(?<environment>[A-Za-z0-9][A-Za-z0-9._-]{0,63})
        -(?<time>\d{4}-\d{2}-\d{2}(?:T\d{2}-\d{2}-\d{2}-\d{3}Z)?)
        (?(redis)\.rdb|\.archive)(?<compression>\.gz|\.zst)?$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyExpression();

    [GeneratedRegex(@"\.shard[0-9]+(?=\.rdb(\.gz|\.zst)?$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ShardExpression();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnvironmentExpression();
}
