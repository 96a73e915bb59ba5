using System.Management.Automation;
using Traf3li.Backup.Text;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets share that read backups whole, and so may have to have them thawed.</summary>
public abstract class ThawCommand : BackupInputCommand
{
    private const string Caption = "Thaw an archived backup";

    /// <summary>Requests that an archived backup be thawed, which the store charges for.</summary>
    [Parameter]
    public SwitchParameter Thaw { get; set; }

    /// <summary>How fast.</summary>
    [Parameter]
    public ThawTier ThawTier { get; set; }

    /// <summary>For how many days it is to be readable.</summary>
    [Parameter]
    [ValidateRange(1, 365)]
    public int ThawDays { get; set; } = 7;

    /// <summary>Of which runs is told.</summary>
    [Parameter]
    public NotificationPolicy? Notify { get; set; }

    /// <summary>Requests the thaw of a backup where -Thaw was given and it is needed.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="operation">What it is thawed for.</param>
    /// <param name="depth">Of a test: how far it is to go.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What became of it, and nothing else can be done with the backup now; null when it can be read.</returns>
    private protected async Task<ThawResult?> ThawAsync(BackupInfo backup, RunOperation operation, VerificationDepth? depth, CancellationToken cancellationToken)
    {
        if (!Thaw)
        {
            return MyInvocation.BoundParameters.Keys.FirstOrDefault(name => name is nameof(ThawTier) or nameof(ThawDays)) is { } given
                ? throw new ConfigurationInvalidException(given, "it says how a backup is thawed, and -Thaw was not given.", $"Give -Thaw too, or leave -{given} away.")
                : null;
        }

        var options = ToOptions(backup, operation, depth);
        var plan = await Engine.PlanThawAsync(options, Reporter, cancellationToken);
        if (plan is null || plan.Status == ThawStatus.InProgress)
        {
            return plan;
        }

        var action = $"Thaw {plan.Key} ({Readable.Size(plan.Size)} in {plan.StorageClass}) with {plan.Tier} for {plan.Days} days, which the store charges for";
        var (agreed, _) = await ShouldProcessAsync($"{action}.", $"{action}?", Caption, cancellationToken);
        return agreed ? await Engine.ThawAsync(options, Reporter, cancellationToken) : plan;
    }

    private ThawOptions ToOptions(BackupInfo backup, RunOperation operation, VerificationDepth? depth) => From(backup, new ThawOptions
    {
        WorkingDirectory = WorkingDirectory,
        Notify = Notify,
        Backup = backup,
        Operation = operation,
        Depth = depth,
        Tier = ThawTier,
        Days = ThawDays,
    });
}
