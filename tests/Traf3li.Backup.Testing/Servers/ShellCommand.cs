using System.Diagnostics;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>Runs a program with its output in a file, because daemons that it starts would keep a pipe open.</summary>
internal static class ShellCommand
{
    /// <summary>Runs it to its end; returns its exit code.</summary>
    public static async Task<int> RunAsync(string program, IEnumerable<string> arguments, string log, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash", ["-c", "log=$1; shift; exec bash \"$@\" > \"$log\" 2>&1 < /dev/null", "-", log, program, .. arguments]) { UseShellExecute = false };
        return await RunAsync(start, cancellationToken);
    }

    /// <summary>Runs a program of the system whose output does not matter; returns its exit code.</summary>
    public static async Task<int> RunAsync(string program, params string[] arguments) =>
        await RunAsync(new ProcessStartInfo(program, arguments) { UseShellExecute = false }, CancellationToken.None);

    private static async Task<int> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
