using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Lists what was done, newest first, or sums it up.</summary>
[Cmdlet(VerbsCommon.Get, "Traf3liBackupHistory")]
[OutputType(typeof(RunRecord), typeof(RunSummary))]
public sealed class GetTraf3liBackupHistoryCommand : EngineCommand
{
    /// <summary>What was done.</summary>
    [Parameter(Position = 0)]
    public RunOperation[] Operation { get; set; } = [];

    /// <summary>The kind of server.</summary>
    [Parameter]
    public BackupSource? Source { get; set; }

    /// <summary>Schedules.</summary>
    [Parameter]
    public BackupType[] Type { get; set; } = [];

    /// <summary>How the runs ended.</summary>
    [Parameter]
    public RunOutcome[] Outcome { get; set; } = [];

    /// <summary>Only runs begun at or after this time.</summary>
    [Parameter]
    public DateTime? After { get; set; }

    /// <summary>Only runs begun before this time.</summary>
    [Parameter]
    public DateTime? Before { get; set; }

    /// <summary>Only the newest so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Latest { get; set; }

    /// <summary>Sums the runs up instead of listing them.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (Summary)
        {
            foreach (var summary in await Engine.SummarizeHistoryAsync(ToQuery(), Reporter, cancellationToken))
            {
                await WriteObjectAsync(summary);
            }

            return;
        }

        await foreach (var record in Engine.ListHistoryAsync(ToQuery(), Reporter, cancellationToken))
        {
            await WriteObjectAsync(record);
        }
    }

    private HistoryQuery ToQuery() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Operation = Operation,
        Source = Source,
        Type = Type,
        Outcome = Outcome,
        After = After?.ToUniversalTime(),
        Before = Before?.ToUniversalTime(),
        Latest = Latest,
    };
}
