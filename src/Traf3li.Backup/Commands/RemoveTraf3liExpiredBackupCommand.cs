using System.Management.Automation;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>Removes the backups that a retention policy does not keep, after asking.</summary>
[Cmdlet(VerbsCommon.Remove, "Traf3liExpiredBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RemovedBackup), typeof(RetentionDecision))]
public sealed class RemoveTraf3liExpiredBackupCommand : RetentionCommand
{
    private bool _isWhatIf;

    /// <summary>How long a lock that another run holds is waited for.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? WaitForLock { get; set; }

    /// <summary>Of which runs is told.</summary>
    [Parameter]
    public NotificationPolicy? Notify { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isWhatIf = IsWhatIf();
    }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var options = ToOptions() with { WaitForLock = WaitForLock, Notify = Notify };
        var plan = await PlanAsync(options, cancellationToken);
        var prompt = new RetentionPrompt(plan, DestinationPath ?? "the configured destination");
        if (prompt.Expired.Count > 0 || _isWhatIf)
        {
            var (agreed, reason) = await ShouldProcessAsync(prompt.Description, prompt.Question, RetentionPrompt.Caption, cancellationToken);
            foreach (var decision in reason.HasFlag(ShouldProcessReason.WhatIf) ? plan : [])
            {
                await WriteObjectAsync(decision);
            }

            if (!agreed)
            {
                return;
            }
        }

        var agreedTo = options with { Agreed = prompt.Expired.Select(item => item.Key).ToHashSet(StringComparer.Ordinal) };
        await foreach (var removed in Engine.RemoveExpiredAsync(agreedTo, Reporter, cancellationToken))
        {
            await WriteObjectAsync(removed);
        }
    }

    private async Task<IReadOnlyList<RetentionDecision>> PlanAsync(RetentionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await Engine.PlanRetentionAsync(options, Reporter, cancellationToken);
        }
        catch (BackupException failure) when (!_isWhatIf)
        {
            await Engine.RecordFailureAsync(options, failure, Reporter, cancellationToken);
            throw;
        }
    }
}
