using System.Management.Automation;
using Traf3li.Backup.Commands;

namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>Asks from the pool, and emits what it was told.</summary>
[Cmdlet(VerbsLifecycle.Request, "TestAnswer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(string))]
public sealed class RequestTestAnswerCommand : AsyncPSCmdlet
{
    /// <summary>Fails with an error that concerns this record only.</summary>
    [Parameter]
    public SwitchParameter Fail { get; set; }

    /// <summary>Fails as a mistake in the module does.</summary>
    [Parameter]
    public SwitchParameter Break { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (Fail)
        {
            throw new BackupNotFoundException("key", "destination");
        }

        if (Break)
        {
            throw new FormatException("h0rse-battery");
        }

        var (agreed, reason) = await ShouldProcessAsync("Does it.", "Do it?", "Caption", cancellationToken);
        var again = agreed && await ShouldContinueAsync("Really?", "Again", cancellationToken);
        await WriteObjectAsync($"{agreed} {reason} {again}");
    }

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => false;
}
