using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes a CronJob a job (batch/v1). The settings come from the Secret <c>traf3li-backup</c> as environment variables.</summary>
internal sealed class KubernetesWriter(ScheduleExportOptions options, DateTime now)
{
    private const string Secret = "traf3li-backup";
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Writes all jobs into one file of several documents.</summary>
    /// <exception cref="ConfigurationInvalidException">No image was named.</exception>
    public ScheduleFile Write(IReadOnlyList<ScheduledJob> jobs)
    {
        var image = options.Image ?? throw new ConfigurationInvalidException(
            "Image", "a CronJob needs a container image, and none was named.", "Give -Image: one that has PowerShell 7.4 or later and the module Traf3li.Backup.");
        return new ScheduleFile
        {
            Name = "traf3li-backup.yaml",
            Format = ScheduleFormat.Kubernetes,
            Text = string.Join("---\n", jobs.Select(job => Document(job, image))),
            Install = $"kubectl create secret generic {Secret} --from-env-file=backup.env && kubectl apply -f traf3li-backup.yaml",
        };
    }

    private string Document(ScheduledJob job, string image)
    {
        var expression = job.Schedule.Expression;
        if (!expression.IsEitherDay && !expression.DayOfMonth.IsAny && !expression.DayOfWeek.IsAny)
        {
            // robfig/cron, which Kubernetes uses, takes */2 for a restriction, where cron takes it for a star.
            throw new ConfigurationInvalidException(
                job.Backup.Setting.Name, $"'{expression}' asks for a day of the month and of the week at once, which Kubernetes would read as either.", "Choose a simpler expression, or another scheduler.");
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Traf3li.Backup: {job.Title}
            apiVersion: batch/v1
            kind: CronJob
            metadata:
              name: {job.Id}
              labels:
                app.kubernetes.io/name: traf3li-backup
            spec:
              schedule: {Quoting.Yaml(expression.Text)}
              timeZone: {Quoting.Yaml(ZoneNames.Iana(job.Schedule.Zone))}
              concurrencyPolicy: Forbid
              # A run that could not begin in time is made up for within this time.
              startingDeadlineSeconds: {Delay(job.Schedule)}
              successfulJobsHistoryLimit: 3
              failedJobsHistoryLimit: 3
              jobTemplate:
                spec:
                  backoffLimit: 2
                  template:
                    metadata:
                      labels:
                        app.kubernetes.io/name: traf3li-backup
                    spec:
                      restartPolicy: Never
                      automountServiceAccountToken: false
                      securityContext:
                        runAsNonRoot: true
                        runAsUser: 65532
                        runAsGroup: 65532
                        seccompProfile:
                          type: RuntimeDefault
                      containers:
                        - name: backup
                          image: {Quoting.Yaml(Quoting.Line("Image", image))}
                          # 2 (done with warnings) and 3 (nothing to do) are no failures of the job.
                          command: ['pwsh', '-NoProfile', '-NonInteractive', '-Command']
                          args:
                            - {Quoting.Yaml($"& {Quoting.PowerShell(Quoting.Line("ScriptPath", options.Script))} {string.Join(' ', job.Arguments)}; if ($LASTEXITCODE -in 2, 3) {{ exit 0 }}; exit $LASTEXITCODE")}
                          envFrom:
                            - secretRef:
                                name: {Secret}
                          env:
                            - name: HOME
                              value: /tmp
                            - name: POWERSHELL_TELEMETRY_OPTOUT
                              value: '1'
                          resources:
                            requests:
                              cpu: 250m
                              memory: 256Mi
                            limits:
                              memory: 1Gi
                          securityContext:
                            allowPrivilegeEscalation: false
                            readOnlyRootFilesystem: true
                            capabilities:
                              drop: ['ALL']
                          volumeMounts:
                            - name: tmp
                              mountPath: /tmp
                      volumes:
                        - name: tmp
                          emptyDir: {"{}"}

            """);
        return text.ToString().ReplaceLineEndings("\n");
    }

    // Half of the shortest time between two runs, so that no run is made up for while the next is due.
    private int Delay(CronSchedule schedule)
    {
        var runs = schedule.Between(now, now + TimeSpan.FromDays(2)).Take(200).ToList();
        var shortest = runs.Zip(runs.Skip(1), (first, second) => second - first).DefaultIfEmpty(LongestDelay * 2).Min() / 2;
        return (int)Math.Clamp(shortest.TotalSeconds, ShortestDelay.TotalSeconds, LongestDelay.TotalSeconds);
    }
}
