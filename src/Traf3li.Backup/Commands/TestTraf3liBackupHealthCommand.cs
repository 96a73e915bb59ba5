using System.Management.Automation;
using Traf3li.Backup.Completion;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>Looks at everything that backups depend on, and at the backups. What is down is a result, not an error.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Traf3liBackupHealth")]
[OutputType(typeof(HealthReport), typeof(bool))]
public sealed class TestTraf3liBackupHealthCommand : EngineCommand
{
    /// <summary>How long each check may take.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The checks whose warnings are meant to be so.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AcceptableCheckCompleter))]
    [AllowEmptyCollection]
    public string[]? Accept { get; set; }

    /// <summary>Of which results is told.</summary>
    [Parameter]
    public NotificationPolicy? Notify { get; set; }

    /// <summary>Emits only whether all is well.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var report = await Engine.TestHealthAsync(ToOptions(), Reporter, cancellationToken);
        await WriteObjectAsync(Quiet ? report.IsHealthy : report);
    }

    private HealthOptions ToOptions() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Timeout = Timeout,
        Accept = Accept,
        Notify = Notify,
    };
}
