using System.Text;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>
/// Writes a crontab. cron knows no catching up, so each job has a line for the start of the machine too, which takes the backup only when its last run was missed.
/// </summary>
internal sealed class CrontabWriter(ScheduleExportOptions options, TimeZoneInfo local, IEngineReporter reporter)
{
    /// <summary>Writes all jobs into one file.</summary>
    public ScheduleFile Write(IReadOnlyList<ScheduledJob> jobs)
    {
        var zone = jobs[0].Schedule.Zone;
        var text = new StringBuilder()
            .Append("# Traf3li.Backup. Exit codes: 0 good, 1 failed, 2 done with warnings, 3 nothing to do or another run is at work.\n")
            .Append("# A lock in the store keeps two runs apart. cron mails what a job prints, which it does when it fails.\n")
            .Append("SHELL=/bin/sh\n");
        if (!zone.HasSameRules(local))
        {
            reporter.Warning($"The crontab sets CRON_TZ={zone.Id}, which cronie knows and Debian's cron does not: there the times are by the clock of the machine, so set that to {zone.Id}.");
            text.Append("CRON_TZ=").Append(zone.Id).Append('\n');
        }

        foreach (var job in jobs)
        {
            var command = Command(job);
            text.Append('\n').Append("# ").Append(job.Title).Append(" (").Append(zone.Id).Append(")\n")
                .Append(job.Schedule.Expression.Text).Append(' ').Append(command).Append('\n')
                .Append("@reboot ").Append(command).Append(" -IfMissed\n");
        }

        return new ScheduleFile
        {
            Name = "traf3li-backup.crontab",
            Format = ScheduleFormat.Crontab,
            Text = text.ToString(),
            Install = $"Let only its user read {SettingsFile}, make {LogFolder} writable for that user, and add the lines by crontab -e.",
        };
    }

    private string SettingsFile => options.SettingsFile ?? "/etc/traf3li-backup.env";

    private string LogFolder => options.LogFolder ?? "/var/log/traf3li-backup";

    private string Command(ScheduledJob job)
    {
        string[] arguments =
        [
            Quoting.Line("PowerShellPath", options.PowerShell ?? "/usr/bin/pwsh"), "-NoProfile", "-NonInteractive", "-File", Quoting.Line("ScriptPath", options.Script),
            .. job.Arguments, "-EnvFile", Quoting.Line("SettingsPath", SettingsFile), "-LogPath", Quoting.Line("LogFolder", $"{LogFolder}/{job.Id}.log"),
        ];
        return string.Join(' ', arguments.Select(Quoting.Crontab));
    }
}
