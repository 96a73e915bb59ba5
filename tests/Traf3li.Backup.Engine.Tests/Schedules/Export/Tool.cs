using System.Diagnostics;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

/// <summary>A program of the machine that judges what was written.</summary>
internal static class Tool
{
    /// <summary>Skips the test where the program is not on PATH.</summary>
    public static void SkipWithout(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, name))), $"{name} is not on PATH.");
    }

    /// <summary>Runs it, in UTC, and gives its exit code and all that it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TZ"] = "UTC";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
