using System.Globalization;
using System.Xml.Linq;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes a task of the Windows Task Scheduler (MS-TSCH, section 2.5, version 1.2 of the schema).</summary>
internal sealed class TaskSchedulerWriter(ScheduleExportOptions options, DateTime now, TimeZoneInfo local, IEngineReporter reporter)
{
    private const string LocalSystem = "S-1-5-18";
    private static readonly XNamespace Task = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private bool _hasWarned;

    /// <summary>Writes the task of a job.</summary>
    /// <exception cref="ConfigurationInvalidException">The schedule cannot be expressed.</exception>
    public ScheduleFile Write(ScheduledJob job)
    {
        var zone = job.Schedule.Zone;
        if (!_hasWarned && zone.BaseUtcOffset != TimeSpan.Zero && !zone.HasSameRules(local))
        {
            _hasWarned = true;
            reporter.Warning($"A task runs by the clock of its machine: set that to {zone.Id}.");
        }

        var document = new XElement(
            Task + "Task",
            new XAttribute("version", "1.2"),
            new XElement(Task + "RegistrationInfo", new XElement(Task + "Description", $"Traf3li.Backup: {job.Title} ({job.Schedule.Expression}, {zone.Id}).")),
            new XElement(Task + "Triggers", new TaskTriggers(Task, job, now).Create()),
            new XElement(Task + "Principals", new XElement(
                Task + "Principal",
                new XAttribute("id", "Author"),
                new XElement(Task + "UserId", options.User ?? LocalSystem),
                new XElement(Task + "RunLevel", "LeastPrivilege"))),
            new XElement(
                Task + "Settings",
                new XElement(Task + "MultipleInstancesPolicy", "IgnoreNew"),
                new XElement(Task + "DisallowStartIfOnBatteries", "false"),
                new XElement(Task + "StopIfGoingOnBatteries", "false"),
                new XElement(Task + "StartWhenAvailable", "true"),
                new XElement(Task + "ExecutionTimeLimit", "P3D")),
            new XElement(Task + "Actions", new XAttribute("Context", "Author"), new XElement(
                Task + "Exec",
                new XElement(Task + "Command", options.PowerShell ?? @"C:\Program Files\PowerShell\7\pwsh.exe"),
                new XElement(Task + "Arguments", Arguments(job)))));
        return new ScheduleFile
        {
            Name = $"{job.Id}.xml",
            Format = ScheduleFormat.TaskScheduler,
            Text = string.Create(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n{document.ToString().ReplaceLineEndings("\r\n")}\r\n"),
            Install = $"Create the folder {LogFolder}, let only its user read {SettingsFile}, and, as administrator: schtasks /Create /TN Traf3li.Backup\\{job.Backup.Name} /XML {job.Id}.xml",
        };
    }

    private string SettingsFile => options.SettingsFile ?? @"C:\ProgramData\Traf3li.Backup\backup.env";

    private string LogFolder => options.LogFolder ?? @"C:\ProgramData\Traf3li.Backup\log";

    private string Arguments(ScheduledJob job)
    {
        string[] arguments =
        [
            "-NoProfile", "-NonInteractive", "-File", Quoting.Line("ScriptPath", options.Script), .. job.Arguments,
            "-EnvFile", Quoting.Line("SettingsPath", SettingsFile), "-LogPath", Quoting.Line("LogFolder", $@"{LogFolder}\{job.Id}.log"),
        ];
        return string.Join(' ', arguments.Select(Quoting.Windows));
    }
}
