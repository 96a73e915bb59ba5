namespace Traf3li.Backup;

/// <summary>What a schedule is written for.</summary>
public enum ScheduleFormat
{
    /// <summary>Lines of a crontab.</summary>
    Crontab,

    /// <summary>A systemd timer and service a job.</summary>
    SystemdTimer,

    /// <summary>A task of the Windows Task Scheduler a job.</summary>
    TaskScheduler,

    /// <summary>A runbook of Azure Automation, and a script that registers its schedules.</summary>
    AzureAutomation,

    /// <summary>A CronJob of Kubernetes a job.</summary>
    Kubernetes,
}
