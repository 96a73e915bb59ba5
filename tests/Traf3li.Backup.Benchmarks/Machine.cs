using System.Globalization;
using System.Runtime.InteropServices;

namespace Traf3li.Backup.Benchmarks;

/// <summary>Says what a run ran on.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Processor()}, {Environment.ProcessorCount} cores shared with the server, .NET {Environment.Version}, {RuntimeInformation.OSDescription.Split('#')[0].Trim()}");

    private static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        var line = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
