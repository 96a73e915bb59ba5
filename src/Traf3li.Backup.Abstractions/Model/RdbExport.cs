namespace Traf3li.Backup;

/// <summary>RDBs that were written for servers to start from: the result of <c>Restore-Traf3liBackup -OutFile</c>.</summary>
public sealed class RdbExport
{
    /// <summary>The backup.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>The files: one, or one a primary of a cluster. Each was read back as it was written: structure, checksum and counts are right.</summary>
    public required IReadOnlyList<RdbFile> File { get; init => field = Indexable.Of(value); }

    /// <summary>The servers that can start from it, such as <c>Redis 7.0 or newer, or Valkey</c>.</summary>
    public required string Server { get; init; }

    /// <summary>Modules that such a server must have loaded.</summary>
    public IReadOnlyList<string> Module { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What is left to do, in order.</summary>
    public required IReadOnlyList<string> NextStep { get; init => field = Indexable.Of(value); }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
