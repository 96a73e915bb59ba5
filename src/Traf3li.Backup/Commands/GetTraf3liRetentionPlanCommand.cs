using System.Management.Automation;
using Traf3li.Backup.Completion;

namespace Traf3li.Backup.Commands;

/// <summary>Says of each backup whether retention keeps or removes it, and why.</summary>
[Cmdlet(VerbsCommon.Get, "Traf3liRetentionPlan")]
[OutputType(typeof(RetentionDecision), typeof(RetentionReason))]
public sealed class GetTraf3liRetentionPlanCommand : RetentionCommand
{
    /// <summary>The key of the one backup of which every reason is wanted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string? Explain { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var plan = await Engine.PlanRetentionAsync(ToOptions() with { Explain = Explain }, Reporter, cancellationToken);
        var wanted = Explain is null
            ? plan
            : (IEnumerable<object>)(plan.FirstOrDefault(item => item.Key == Explain)?.Reason ?? throw new BackupNotFoundException(Explain, DestinationPath ?? "the configured destination"));
        foreach (var item in wanted)
        {
            await WriteObjectAsync(item);
        }
    }
}
