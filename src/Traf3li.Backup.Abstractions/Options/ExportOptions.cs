namespace Traf3li.Backup;

/// <summary>What <c>Restore-Traf3liBackup -OutFile</c> was asked for.</summary>
public sealed record ExportOptions : RunOptions
{
    /// <summary>The backup of a Redis server.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>The full path of the RDB to write; its folder must exist. Of a cluster the second shard is written to <c>NAME.shard2.rdb</c> beside it.</summary>
    public required string OutFile { get; init; }

    /// <summary>Replaces files that exist.</summary>
    public bool Overwrite { get; init; }
}
