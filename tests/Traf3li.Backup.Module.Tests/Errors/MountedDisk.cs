using System.Diagnostics;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>A small disk (tmpfs) mounted over a folder.</summary>
internal sealed class MountedDisk : IDisposable
{
    private readonly string _folder;

    public MountedDisk(string folder, string size)
    {
        _folder = folder;
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder) != 0)
        {
            Assert.Skip("Mounting a small disk needs root on Linux.");
        }
    }

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", _folder));

    public void Dispose() => _ = Run("umount", "-l", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
