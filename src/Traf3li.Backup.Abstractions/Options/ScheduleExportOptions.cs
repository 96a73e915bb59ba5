namespace Traf3li.Backup;

/// <summary>What <c>Export-Traf3liBackupSchedule</c> was asked for.</summary>
public sealed record ScheduleExportOptions : EngineOptions
{
    /// <summary>What it is written for.</summary>
    public required ScheduleFormat Format { get; init; }

    /// <summary>Names of schedules; empty takes all that are switched on.</summary>
    public IReadOnlyList<string> Name { get; init; } = [];

    /// <summary>The script that a job runs, on the machine that runs it.</summary>
    public required string Script { get; init; }

    /// <summary>PowerShell on that machine; null takes the usual place.</summary>
    public string? PowerShell { get; init; }

    /// <summary>The file of settings on that machine; null takes the usual place.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>The folder of the log files on that machine; null takes the usual place.</summary>
    public string? LogFolder { get; init; }

    /// <summary>The account that runs the job; null takes what the system takes.</summary>
    public string? User { get; init; }

    /// <summary>The container image of a CronJob: one that has PowerShell and this module.</summary>
    public string? Image { get; init; }

    /// <summary>The time zone; null takes BACKUP_TIMEZONE, else that of the machine.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether each job removes expired backups after its own.</summary>
    public bool RemoveExpired { get; init; }

    /// <summary>The folder that the files are written to; null writes none.</summary>
    public string? Path { get; init; }
}
