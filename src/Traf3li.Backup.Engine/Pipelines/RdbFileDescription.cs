using System.Globalization;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Describes an RDB that has no manifest, by what its server wrote at its beginning.</summary>
internal static class RdbFileDescription
{
    /// <summary>Reads the texts before the first key.</summary>
    /// <param name="plain">The RDB from its first byte on.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="compression">How the file is compressed.</param>
    /// <param name="problem">What was wrong with its manifest; null where it has none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<BackupInfo> DescribeAsync(Stream plain, string path, CompressionMethod compression, string? problem, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var key = BackupKey.TryParseName(name);
        var (created, damage) = await RdbReader.RunAsync(plain, path, reader => ReadTime(reader, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new BackupInfo
        {
            Key = name,
            Path = path,
            Source = BackupSource.Redis,
            Type = key?.Type ?? BackupType.Manual,
            Environment = key?.Environment ?? "",
            Date = key?.Time ?? created ?? File.GetLastWriteTimeUtc(path),
            Size = new FileInfo(path).Length,
            Status = BackupStatus.Legacy,
            Compression = compression,
            Warning = [.. new[] { problem, damage }.OfType<string>()],
        };
    }

    // What is damaged is still a backup, and a test has to say what is wrong with it.
    private static (DateTime? Created, string? Damage) ReadTime(RdbReader reader, CancellationToken cancellationToken)
    {
        DateTime? created = null;
        try
        {
            while (reader.Read(cancellationToken) == RdbRecord.Aux)
            {
                if (reader.Aux is { Key: "ctime", Value: var text } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= uint.MaxValue)
                {
                    created = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
                }
            }

            return (created, null);
        }
        catch (RdbCorruptException exception)
        {
            return (created, exception.Message);
        }
    }
}
