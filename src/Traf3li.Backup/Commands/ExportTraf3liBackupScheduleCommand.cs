using System.Management.Automation;
using Traf3li.Backup.Completion;

namespace Traf3li.Backup.Commands;

/// <summary>Writes the schedules in the form of a scheduler: complete, and without any secret.</summary>
[Cmdlet(VerbsData.Export, "Traf3liBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(ScheduleFile))]
public sealed class ExportTraf3liBackupScheduleCommand : EngineCommand
{
    /// <summary>What it is written for.</summary>
    [Parameter(Mandatory = true)]
    public ScheduleFormat As { get; set; }

    /// <summary>Names of schedules; without it all that are switched on and whose server is set.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The folder that the files are written to; without it they are only emitted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The script that a job runs; without it the one in the examples folder of this module.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScriptPath { get; set; }

    /// <summary>PowerShell on the machine that runs the job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PowerShellPath { get; set; }

    /// <summary>The file of settings on the machine that runs the job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SettingsPath { get; set; }

    /// <summary>The folder of the log files on the machine that runs the job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogFolder { get; set; }

    /// <summary>The account that runs the job.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>The container image of a CronJob.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Image { get; set; }

    /// <summary>The time zone whose clock the schedules go by.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <summary>Has each job remove expired backups after its own.</summary>
    [Parameter]
    public SwitchParameter RemoveExpired { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var options = new ScheduleExportOptions
        {
            WorkingDirectory = WorkingDirectory,
            EnvFile = EnvFilePath,
            Destination = DestinationPath,
            DestinationCredential = DestinationLogin,
            Environment = Environment,
            Format = As,
            Name = Name,
            Script = ScriptPath ?? System.IO.Path.Combine(MyInvocation.MyCommand.Module?.ModuleBase ?? ".", "examples", "05-scheduled-task.ps1"),
            PowerShell = PowerShellPath,
            SettingsFile = SettingsPath,
            LogFolder = LogFolder,
            User = User,
            Image = Image,
            TimeZone = TimeZone,
            RemoveExpired = RemoveExpired,
        };
        if (Path is not null)
        {
            var folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
            var (agreed, _) = await ShouldProcessAsync($"Write the schedules into {folder}.", $"Write the schedules into {folder}?", "Schedule", cancellationToken);
            options = options with { Path = agreed ? folder : null };
        }

        foreach (var file in Engine.ExportSchedules(options, Reporter))
        {
            await WriteObjectAsync(file);
        }
    }
}
