using System.Globalization;
using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Holds backups, so that retention does not remove them.</summary>
[Cmdlet(VerbsSecurity.Protect, "Traf3liBackup", SupportsShouldProcess = true, DefaultParameterSetName = "Backup")]
[OutputType(typeof(BackupHold))]
public sealed class ProtectTraf3liBackupCommand : HoldCommand
{
    /// <summary>Why they are held.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 1000)]
    public string Reason { get; set; } = "";

    /// <summary>When the hold ends by itself.</summary>
    [Parameter]
    public DateTime? Until { get; set; }

    /// <inheritdoc />
    private protected override async Task ProcessKeyAsync(string key, CancellationToken cancellationToken)
    {
        var (agreed, _) = await ShouldProcessAsync($"Hold {key}{(Until?.ToUniversalTime() is { } end ? end.ToString("' until 'yyyy-MM-dd HH:mm' UTC'", CultureInfo.InvariantCulture) : "")}: {Reason}", $"Hold {key}?", "Hold a backup", cancellationToken);
        if (agreed)
        {
            await WriteObjectAsync(await Engine.ProtectAsync(ToOptions(key, Reason) with { Until = Until }, Reporter, cancellationToken));
        }
    }
}
