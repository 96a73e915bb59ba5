using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>
/// Tests backups. A bad backup is a result, not an error; an error is what prevents the test. Only the thaw of an archived one is asked for: the test itself
/// changes nothing that is stored.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "Traf3liBackup", SupportsShouldProcess = true, DefaultParameterSetName = BackupSet)]
[OutputType(typeof(VerificationResult), typeof(bool), typeof(BackupInfo))]
public sealed class TestTraf3liBackupCommand : ThawCommand
{
    /// <summary>How far to test.</summary>
    [Parameter]
    public VerificationDepth Depth { get; set; } = VerificationDepth.Full;

    /// <summary>The scratch server's connection string, for depth Restore.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchUri { get; set; }

    /// <summary>User and password of the scratch server.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ScratchCredential { get; set; }

    /// <summary>Collections that must exist and not be empty.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] CriticalCollection { get; set; } = [];

    /// <summary>Emits only whether the backup is good.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Passes good backups on, and makes a bad one an error.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc />
    private protected override async Task ProcessBackupAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        var result = await ThawAsync(backup, RunOperation.Test, Depth, cancellationToken) is { } thaw
            ? new VerificationResult { Backup = backup, Depth = Depth, Thaw = thaw, Warning = [thaw.Message], Duration = TimeSpan.Zero }
            : await Engine.TestAsync(ToOptions(backup), Reporter, cancellationToken);
        if (Quiet)
        {
            await WriteObjectAsync(result.IsValid);
        }
        else if (!PassThru)
        {
            await WriteObjectAsync(result);
        }
        else if (result.IsValid)
        {
            await WriteObjectAsync(backup);
        }
        else if (result.Thaw is { } requested)
        {
            throw new ObjectArchivedException(requested);
        }
        else
        {
            throw new VerificationFailedException(backup.Key, string.Join(' ', result.Problem));
        }
    }

    private VerificationOptions ToOptions(BackupInfo backup) => From(backup, new VerificationOptions
    {
        WorkingDirectory = WorkingDirectory,
        Backup = backup,
        Depth = Depth,
        ScratchUri = ScratchUri,
        ScratchCredential = ScratchCredential?.GetNetworkCredential(),
        CriticalCollection = CriticalCollection,
        Notify = Notify,
    });
}
