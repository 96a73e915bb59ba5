using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Lifts the holds of backups, so that retention may remove them.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "Traf3liBackup", SupportsShouldProcess = true, DefaultParameterSetName = "Backup")]
[OutputType(typeof(BackupHold))]
public sealed class UnprotectTraf3liBackupCommand : HoldCommand
{
    /// <inheritdoc />
    private protected override async Task ProcessKeyAsync(string key, CancellationToken cancellationToken)
    {
        var (agreed, _) = await ShouldProcessAsync($"Lift the hold of {key}.", $"Lift the hold of {key}?", "Lift a hold", cancellationToken);
        if (agreed && await Engine.UnprotectAsync(ToOptions(key, reason: ""), Reporter, cancellationToken) is { } lifted)
        {
            await WriteObjectAsync(lifted);
        }
    }
}
