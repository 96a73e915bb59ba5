using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Health;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Health.Judgements;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine;

/// <content>Health.</content>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<HealthReport> TestHealthAsync(HealthOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = Resolve(options);
        if (options.Accept is not null)
        {
            // What was just typed is corrected at once; what stands in settings must not keep the checks from being done.
            _ = settings.Require(KnownSettings.HealthAccept);
        }

        var start = _time.GetTimestamp();
        var began = Pipelines.BackupClock.Now(_time);
        var facts = await new HealthProbes(options, settings, reporter, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        var checks = HealthJudgement.Judge(facts);
        var report = new HealthReport
        {
            Status = HealthVerdict.Of(checks),
            Date = began,
            Duration = _time.GetElapsedTime(start),
            Environment = facts.Environment,
            Destination = facts.Destination,
            Summary = HealthSummary.Write(checks, HealthJudgement.CountJobs(facts)),
            Check = checks,
        };
        return await TellAsync(report, facts, options, settings, reporter, cancellationToken).ConfigureAwait(false);
    }

    // The frame of runs begins when all is judged, and does without a store that cannot be used: it must not hang where the checks did not.
    private async Task<HealthReport> TellAsync(
        HealthReport report, HealthFacts facts, HealthOptions options, EngineSettings settings, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var canRemember = facts is { Access.Failure: null, Writing.Failure: null };
        var request = new RunRequest
        {
            Operation = RunOperation.Health,
            Environment = report.Environment,
            MayOnlyRead = true,
            OpenStore = async (told, token) => canRemember ? await OpenStoreAsync(settings, told, token).ConfigureAwait(false) : null,
        };
        using var limit = new CancellationTokenSource(options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await RunAsync(
                options,
                settings,
                reporter,
                request,
                (run, _) =>
                {
                    HealthRecord.Describe(run, report, facts.Runs.Value?.LastHealth);
                    return Task.FromResult(report);
                },
                static (result, addition) => result with { Notification = addition.Notification, Warning = addition.Warning },
                both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return report with { Warning = ["Telling and remembering the report took too long and was given up."] };
        }
    }
}
