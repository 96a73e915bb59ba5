using System.Management.Automation;
using Traf3li.Backup.Completion;

namespace Traf3li.Backup.Commands;

/// <summary>Says which backups are to be taken regularly, and when the previous and the coming ones are.</summary>
[Cmdlet(VerbsCommon.Get, "Traf3liBackupSchedule")]
[OutputType(typeof(BackupSchedule))]
public sealed class GetTraf3liBackupScheduleCommand : EngineCommand
{
    /// <summary>Names of schedules.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>How many coming runs are told.</summary>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int Count { get; set; } = 3;

    /// <summary>The time from which on they are told.</summary>
    [Parameter]
    public DateTime? Date { get; set; }

    /// <summary>The time zone whose clock the schedules go by.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var query = new ScheduleQuery
        {
            WorkingDirectory = WorkingDirectory,
            EnvFile = EnvFilePath,
            Destination = DestinationPath,
            DestinationCredential = DestinationLogin,
            Environment = Environment,
            Name = Name,
            Count = Count,
            Date = Date?.ToUniversalTime(),
            TimeZone = TimeZone,
        };
        foreach (var schedule in Engine.GetSchedules(query))
        {
            await WriteObjectAsync(schedule);
        }
    }
}
