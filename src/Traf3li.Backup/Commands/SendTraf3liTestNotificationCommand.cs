using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Sends a test notification by every channel that is set. Emits what became of each, and makes one that failed an error too.</summary>
[Cmdlet(VerbsCommunications.Send, "Traf3liTestNotification", SupportsShouldProcess = true)]
[OutputType(typeof(NotificationResult))]
public sealed class SendTraf3liTestNotificationCommand : EngineCommand
{
    /// <summary>The channels to try; all that are set when left out.</summary>
    [Parameter(Position = 0)]
    public NotificationChannel[] Channel { get; set; } = [];

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var way = Channel.Length == 0 ? "every channel that is set" : string.Join(" and ", Channel);
        var (agreed, _) = await ShouldProcessAsync($"Send a test notification by {way}.", $"Send a test notification by {way}?", "Test notification", cancellationToken);
        if (!agreed)
        {
            return;
        }

        foreach (var result in await Engine.TestNotificationAsync(ToOptions(), Reporter, cancellationToken))
        {
            await WriteObjectAsync(result);
            if (result.Status == NotificationStatus.Failed)
            {
                await WriteErrorAsync(new NotificationFailedException(result.Channel, result.Target, result.Error ?? "", result.Recommendation ?? ""));
            }
        }
    }

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => exception is not NotificationFailedException;

    private NotificationOptions ToOptions() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Channel = Channel,
    };
}
