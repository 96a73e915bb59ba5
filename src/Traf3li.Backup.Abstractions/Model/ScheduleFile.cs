namespace Traf3li.Backup;

/// <summary>A file that <c>Export-Traf3liBackupSchedule</c> made.</summary>
public sealed class ScheduleFile
{
    /// <summary>The file's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required ScheduleFormat Format { get; init; }

    /// <summary>What it holds. It names the file of settings and holds no setting itself.</summary>
    public required string Text { get; init; }

    /// <summary>How it is put into use.</summary>
    public required string Install { get; init; }

    /// <summary>Where it was written; null when it was not.</summary>
    public string? Path { get; init; }
}
