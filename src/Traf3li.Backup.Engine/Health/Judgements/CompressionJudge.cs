using System.Globalization;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Finds data that can no longer be compressed as it could: ransomware that encrypts the fields of documents shows so.</summary>
internal static class CompressionJudge
{
    // Data that was compressed or encrypted already comes out as large as it went in.
    private const double Incompressible = 1.15;
    private const double Compressible = 1.5;
    private const double MostLoss = 0.6;

    private const string Advice =
        "Look at some documents of the server: data that is encrypted by somebody else looks like this. Hold the last backup with the usual ratio, by Protect-Traf3liBackup, before retention removes it.";

    /// <summary>Compares the newest backup of a series with those before it that were compressed in the same way.</summary>
    public static HealthCheck Judge(BackupSeries series)
    {
        if (series.Newest is not { Ratio: { } ratio, Compression: not CompressionMethod.None })
        {
            return Checks.Skipped(CheckNames.CompressionRatio, series.Subject, "not compressed, or not known without a manifest");
        }

        var earlier = series.Earlier.Where(item => item.Compression == series.Newest.Compression).Select(item => item.Ratio).OfType<double>().ToList();
        if (earlier.Count < BackupSeries.FewestEarlier)
        {
            return Checks.Good(CheckNames.CompressionRatio, series.Subject, Text(ratio));
        }

        var median = RobustStatistics.Median(earlier);
        var value = $"{Text(ratio)}, usually {Text(median)}";
        var threshold = $"at least {Text(median * MostLoss)}";
        return median >= Compressible && ratio < Incompressible ? Checks.Critical(CheckNames.CompressionRatio, series.Subject, value, Advice, threshold)
            : ratio < median * MostLoss ? Checks.Warning(CheckNames.CompressionRatio, series.Subject, value, Advice, threshold)
            : Checks.Good(CheckNames.CompressionRatio, series.Subject, value, threshold);
    }

    private static string Text(double ratio) => ratio.ToString("0.0", CultureInfo.InvariantCulture) + " : 1";
}
