using Traf3li.Backup.Engine.Stores.FileSystem;

namespace Traf3li.Backup.Engine.Tests.Stores;

/// <summary>What a process of this machine that has ended leaves.</summary>
internal static class DeadProcess
{
    /// <summary>The name of a file that it was writing: this process's own id with another start, as when an id is used again.</summary>
    public static string TemporaryFileName()
    {
        var parts = Engine.Stores.FileSystem.TemporaryFileName.Create(TimeProvider.System).Split('~');
        parts[3] = DateTime.UtcNow.AddDays(-2).Ticks.ToString("x");
        return string.Join('~', parts);
    }
}
