using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>What is known of kinds of file systems.</summary>
internal static class FileSystems
{
    // Below that hardly any backup fits.
    private const long LeastSpace = 1 << 30;

    /// <summary>Why backups should not be there; null when there is no reason.</summary>
    public static string? FindObstacle(FolderFacts facts)
    {
        // Names as the kernels give them: Linux statfs(2), macOS statfs(2), Windows GetVolumeInformation.
        var kind = facts.FileSystem.IsKnown ? facts.FileSystem.Value!.ToUpperInvariant() : "";
        return kind switch
        {
            "TMPFS" or "RAMFS" => "It is in memory: what is there is gone after a restart.",
            "VFAT" or "MSDOS" or "FAT" or "FAT32" or "FAT16" => "No file can be larger than 4 GB there, and everybody on the machine may read it.",
            "EXFAT" => "Everybody on the machine may read it, and a power cut may lose files.",
            _ when facts.FreeSpace is { IsKnown: true, Value: < LeastSpace } => "There is hardly any room.",
            _ => null,
        };
    }
}
