using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Lists every setting, its value and where the value came from.</summary>
[Cmdlet(VerbsCommon.Get, "Traf3liBackupConfiguration")]
[OutputType(typeof(ConfigurationSetting))]
public sealed class GetTraf3liBackupConfigurationCommand : EngineCommand
{
    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var query = new ConfigurationQuery
        {
            WorkingDirectory = WorkingDirectory,
            EnvFile = EnvFilePath,
            Destination = DestinationPath,
            DestinationCredential = DestinationLogin,
            Environment = Environment,
        };
        foreach (var setting in Engine.GetConfiguration(query))
        {
            await WriteObjectAsync(setting);
        }
    }
}
