using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Notifications.Http;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>What tests of channels need: settings from variables, a message, and delivery with short waits.</summary>
internal sealed class NotificationFixture : IDisposable
{
    public const string Key = "re_secret_12345";

    public RecordingReporter Reporter { get; } = new();

    public NotificationHttp Http { get; } = new(TimeProvider.System);

    public DeliveryLimits Limits { get; init; } = new() { FirstDelay = TimeSpan.FromMilliseconds(10) };

    public static NotificationMessage Message { get; } = MessageComposer.Compose(Runs.Failed, NotificationKind.Alert, new NotificationState());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static EngineSettings Settings(params (string Name, string Value)[] variables)
    {
        var environment = new FakeEnvironment();
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return SettingsResolver.Resolve(new ConfigurationQuery { WorkingDirectory = Path.GetTempPath(), EnvFile = null }, environment);
    }

    public static (string Name, string Value)[] Resend(AnsweringHttpServer server) =>
    [
        ("RESEND_API_KEY", Key), ("RESEND_API_URL", $"http://{server.EndPoint}"), ("BACKUP_NOTIFICATION_EMAIL", "ops@example.com, Ann <ann@example.com>"),
        ("BACKUP_NOTIFICATION_FROM", "Backups <backups@example.com>"),
    ];

    public async Task<NotificationResult> SendAsync(EngineSettings settings, NotificationMessage? message = null, CancellationToken? cancellationToken = null) =>
        Assert.Single(await new Delivery(new SecretScrubber(settings), Reporter, TimeProvider.System, Limits)
            .SendAsync(NotificationSettings.ChannelsOf(settings, Http, TimeProvider.System), message ?? Message, cancellationToken ?? Token));

    public void Dispose() => Http.Dispose();
}
