namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes schedules for a scheduler. No setting is written, only where the settings are.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="now">The time from which on the jobs run, UTC.</param>
/// <param name="local">The zone of this machine.</param>
/// <param name="reporter">Takes warnings.</param>
internal sealed class ScheduleExport(ScheduleExportOptions options, DateTime now, TimeZoneInfo local, IEngineReporter reporter)
{
    /// <summary>Writes the chosen schedules that run.</summary>
    /// <exception cref="ConfigurationInvalidException">None of them runs, or one cannot be expressed.</exception>
    public IReadOnlyList<ScheduleFile> Write(IReadOnlyList<ScheduledBackup> chosen)
    {
        var jobs = chosen.Where(IsWanted).Select(item => new ScheduledJob(item, item.Schedule!, options.RemoveExpired)).ToList();
        return jobs.Count == 0
            ? throw new ConfigurationInvalidException("Name", "none of the schedules runs.", "Set MONGODB_URI or REDIS_URL (-EnvFile), or name the schedules by -Name; see Get-Traf3liBackupSchedule.")
            : options.Format switch
            {
                ScheduleFormat.Crontab => [new CrontabWriter(options, local, reporter).Write(jobs)],
                ScheduleFormat.SystemdTimer => [.. jobs.SelectMany(new SystemdWriter(options).Write)],
                ScheduleFormat.TaskScheduler => [.. jobs.Select(new TaskSchedulerWriter(options, now, local, reporter).Write)],
                ScheduleFormat.AzureAutomation => new AzureAutomationWriter(options, now).Write(jobs),
                ScheduleFormat.Kubernetes => [new KubernetesWriter(options, now).Write(jobs)],
                _ => throw new ArgumentOutOfRangeException(nameof(chosen), options.Format, "There is no such format."),
            };
    }

    private bool IsWanted(ScheduledBackup schedule)
    {
        if (schedule.Schedule is not null && schedule.Name == "Oplog")
        {
            reporter.Warning($"{schedule.Setting.Name} is left out: this version takes no oplog slices.");
            return false;
        }

        if (schedule.IsEnabled || (options.Name.Count > 0 && schedule.Schedule is not null))
        {
            return true;
        }

        reporter.Verbose($"{schedule.Name} is left out: {(schedule.Schedule is null ? "it is switched off" : "the server that it reads is not set")}.");
        return false;
    }
}
