using Traf3li.Backup.Engine.Processes;

namespace Traf3li.Backup.Engine.Locks;

/// <summary>Who holds a lock.</summary>
/// <param name="User">The user, as <c>user@machine</c>.</param>
/// <param name="Process">The process.</param>
/// <param name="System">
/// The running system that process ids are of: containers may have one machine name and ids of their own. Empty where there is no telling.
/// </param>
internal sealed record LockHolder(string User, RestoreOwner Process, string System)
{
    /// <summary>This process.</summary>
    public static LockHolder Current() =>
        new(CurrentUser.Name, RestoreOwner.Current(), SystemId());

    /// <summary>Whether it was a process of this system and has certainly ended.</summary>
    public bool HasCertainlyEnded() => System == SystemId() && Process.HasCertainlyEnded();

    /// <inheritdoc />
    public override string ToString() => $"{User} (process {Process.ProcessId})";

    // Linux: the boot, and the namespace of process ids, which every container has of its own.
    private static string SystemId()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {new FileInfo("/proc/self/ns/pid").LinkTarget}"
                : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
