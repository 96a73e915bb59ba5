using System.Diagnostics;

namespace Traf3li.Backup.Engine.Processes;

/// <summary>The process that runs a restore, so that a later one can tell whether it still lives.</summary>
/// <param name="Machine">The machine's name.</param>
/// <param name="ProcessId">The process's id on it.</param>
/// <param name="ProcessStart">When the process began, UTC ticks: an id is used again after a while.</param>
internal sealed record RestoreOwner(string Machine, int ProcessId, long ProcessStart)
{
    /// <summary>This process.</summary>
    public static RestoreOwner Current()
    {
        using var process = Process.GetCurrentProcess();
        return new RestoreOwner(Environment.MachineName, process.Id, process.StartTime.ToUniversalTime().Ticks);
    }

    /// <summary>Whether it certainly has ended: it ran on this machine and there is no such process any more.</summary>
    public bool HasCertainlyEnded()
    {
        if (Machine != Environment.MachineName)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);

            // The start time is computed from the boot time and can differ by some clock ticks between two readings.
            return Math.Abs(process.StartTime.ToUniversalTime().Ticks - ProcessStart) > TimeSpan.TicksPerSecond;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return exception is ArgumentException or InvalidOperationException;
        }
    }

    public override string ToString() => $"process {ProcessId} on {Machine}";
}
