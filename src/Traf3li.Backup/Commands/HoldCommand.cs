using System.Management.Automation;
using Traf3li.Backup.Completion;
using Traf3li.Backup.Errors;

namespace Traf3li.Backup.Commands;

/// <summary>A cmdlet that puts holds on backups or lifts them.</summary>
public abstract class HoldCommand : EngineCommand
{
    private const string BackupSet = "Backup";
    private const string KeySet = "Key";

    /// <summary>The backup, as Get- and New-Traf3liBackup emit it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BackupSet)]
    [ValidateNotNull]
    public BackupInfo? Backup { get; set; }

    /// <summary>The keys below the destination.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <inheritdoc />
    [Parameter(ParameterSetName = BackupSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public override string? Destination { get => base.Destination; set => base.Destination = value; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (Backup?.Path is { } path)
        {
            throw new ConfigurationInvalidException("Backup", $"{path} is a file outside of any destination, which retention never removes.", "Give a backup of a destination.");
        }

        foreach (var key in Backup is { } backup ? [backup.Key] : Key)
        {
            try
            {
                await ProcessKeyAsync(key, cancellationToken);
            }
            catch (BackupException exception)
            {
                await WriteErrorAsync(exception);
            }
        }
    }

    /// <summary>Does the work for one backup.</summary>
    private protected abstract Task ProcessKeyAsync(string key, CancellationToken cancellationToken);

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => ErrorRecordFactory.ConcernsEveryRecord(exception);

    /// <summary>The options for one backup.</summary>
    private protected HoldOptions ToOptions(string key, string reason) => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? Backup?.Destination ?? NamedDestination,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Key = key,
        Reason = reason,
    };
}
