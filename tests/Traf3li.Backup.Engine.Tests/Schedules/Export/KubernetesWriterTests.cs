using k8s;
using k8s.Models;
using Traf3li.Backup.Engine.Tests.Configuration;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

public sealed class KubernetesWriterTests
{
    public static TheoryData<string> Expressions => Exports.Expressions;

    [Theory]
    [MemberData(nameof(Expressions))]
    public void A_job_is_read_by_the_official_client_which_knows_every_field(string expression)
    {
        var job = Read(Exports.Daily(ScheduleFormat.Kubernetes, expression)[0].Text);

        Assert.Equal("batch/v1 CronJob", $"{job.ApiVersion} {job.Kind}");
        Assert.Equal("Forbid", job.Spec.ConcurrencyPolicy);
        Assert.Equal("Europe/Berlin", job.Spec.TimeZone);
        Assert.Equal(Traf3li.Backup.Engine.Schedules.CronParser.Parse(expression).Text, job.Spec.Schedule);
        Assert.Equal("Never", job.Spec.JobTemplate.Spec.Template.Spec.RestartPolicy);
        var container = Assert.Single(job.Spec.JobTemplate.Spec.Template.Spec.Containers);
        Assert.Equal("registry.example.com/backup:1.0", container.Image);
        Assert.Equal("traf3li-backup", container.EnvFrom[0].SecretRef.Name);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["pwsh", "-NoProfile", "-NonInteractive", "-Command"], container.Command);
        Assert.Equal(
            "& '/opt/it''s a \"backup\" 100%/$HOME/05-scheduled-task.ps1' -Type Daily -RemoveExpired; if ($LASTEXITCODE -in 2, 3) { exit 0 }; exit $LASTEXITCODE", Assert.Single(container.Args));
        Assert.Empty(job.Spec.JobTemplate.Spec.Template.Spec.Volumes[0].EmptyDir.Medium ?? "");
    }

    [Theory]
    [InlineData("*/15 * * * *", 450)]
    [InlineData("0 */6 * * *", 10_800)]
    [InlineData("0 2 * * *", 21_600)]
    [InlineData("0 4 1 * *", 21_600)]
    public void A_run_is_made_up_for_until_half_way_to_the_next(string expression, long seconds) =>
        Assert.Equal(seconds, Read(Exports.Daily(ScheduleFormat.Kubernetes, expression)[0].Text).Spec.StartingDeadlineSeconds);

    [Fact]
    public void Several_jobs_are_documents_of_one_file()
    {
        var environment = new FakeEnvironment { ["MONGODB_URI"] = "mongodb://localhost", ["REDIS_URL"] = "redis://localhost" };
        var options = new ScheduleExportOptions { WorkingDirectory = "/", Format = ScheduleFormat.Kubernetes, Script = "/backup.ps1", Image = "backup:1" };

        var jobs = KubernetesYaml.LoadAllFromString(Exports.Write(options, environment)[0].Text, strict: true).Cast<V1CronJob>().ToList();

        Assert.Equal(["traf3li-backup-daily", "traf3li-backup-weekly", "traf3li-backup-monthly", "traf3li-backup-redis"], jobs.Select(job => job.Metadata.Name));
    }

    private static V1CronJob Read(string text) => KubernetesYaml.Deserialize<V1CronJob>(text, strict: true);
}
