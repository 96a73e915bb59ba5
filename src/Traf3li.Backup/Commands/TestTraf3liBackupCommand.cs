using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Tests backups. A bad backup is a result, not an error; an error is what prevents the test.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Traf3liBackup", DefaultParameterSetName = BackupSet)]
[OutputType(typeof(VerificationResult), typeof(bool), typeof(BackupInfo))]
public sealed class TestTraf3liBackupCommand : BackupInputCommand
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

    /// <summary>Of which runs is told.</summary>
    [Parameter]
    public NotificationPolicy? Notify { get; set; }

    /// <inheritdoc />
    private protected override async Task ProcessBackupAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        var result = await Engine.TestAsync(ToOptions(backup), Reporter, cancellationToken);
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
        else
        {
            throw new VerificationFailedException(backup.Key, string.Join(' ', result.Problem));
        }
    }

    private VerificationOptions ToOptions(BackupInfo backup) => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? backup.Destination,
        Fallback = FallbackPath,
        FallsBackToCopies = DestinationPath is null,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Backup = backup,
        Depth = Depth,
        ScratchUri = ScratchUri,
        ScratchCredential = ScratchCredential?.GetNetworkCredential(),
        CriticalCollection = CriticalCollection,
        Notify = Notify,
    };
}
