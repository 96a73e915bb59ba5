namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes a timer and the service that it starts (systemd.timer(5), systemd.time(7)).</summary>
internal sealed class SystemdWriter(ScheduleExportOptions options)
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <summary>Writes the two units of a job.</summary>
    public IReadOnlyList<ScheduleFile> Write(ScheduledJob job) =>
    [
        new ScheduleFile { Name = $"{job.Id}.service", Format = ScheduleFormat.SystemdTimer, Text = Service(job), Install = "Copy it to /etc/systemd/system, beside its timer." },
        new ScheduleFile
        {
            Name = $"{job.Id}.timer",
            Format = ScheduleFormat.SystemdTimer,
            Text = Timer(job),
            Install = $"Copy it to /etc/systemd/system, then: systemctl daemon-reload && systemctl enable --now {job.Id}.timer",
        },
    ];

    private string Service(ScheduledJob job)
    {
        string[] command =
        [
            Quoting.Line("PowerShellPath", options.PowerShell ?? "/usr/bin/pwsh"), "-NoProfile", "-NonInteractive", "-File", Quoting.Line("ScriptPath", options.Script),
            .. job.Arguments, "-EnvFile", Quoting.Line("SettingsPath", options.SettingsFile ?? "/etc/traf3li-backup.env"),
            .. options.LogFolder is { } folder ? ["-LogPath", Quoting.Line("LogFolder", $"{folder}/{job.Id}.log")] : (string[])[],
        ];
        var user = options.User is { } name ? $"User={Quoting.Line("User", name).Replace("%", "%%", StringComparison.Ordinal)}\n" : "";
        return $"""
            [Unit]
            Description=Traf3li.Backup: {job.Title}
            Wants=network-online.target
            After=network-online.target time-sync.target

            [Service]
            Type=oneshot
            ExecStart={string.Join(' ', command.Select(Quoting.Systemd))}
            # 2: done with warnings. 3: nothing to do, or another run is at work.
            SuccessExitStatus=2 3
            {user}Nice=5
            UMask=0077
            NoNewPrivileges=yes
            PrivateTmp=yes

            """.ReplaceLineEndings("\n");
    }

    private static string Timer(ScheduledJob job) => $"""
        [Unit]
        Description=Traf3li.Backup: when the {job.Title} is taken

        [Timer]
        {string.Join('\n', job.Schedule.Expression.Alternatives.Select(item => $"OnCalendar={Calendar(item, job.Schedule.Zone)}"))}
        # A run that was missed while the machine was down is made up for.
        Persistent=true
        AccuracySec=1s

        [Install]
        WantedBy=timers.target

        """.ReplaceLineEndings("\n");

    private static string Calendar(CronExpression expression, TimeZoneInfo zone)
    {
        var days = expression.DayOfWeek.IsAny ? "" : $"{string.Join(',', expression.DayOfWeek.Values.Select(day => DayNames[day]))} ";
        return $"{days}*-{List(expression.Month)}-{List(expression.DayOfMonth)} {List(expression.Hour)}:{List(expression.Minute)}:00 {ZoneNames.Iana(zone)}";
    }

    private static string List(CronField field) => field.IsAny ? "*" : string.Join(',', field.Values.Select(value => $"{value:00}"));
}
