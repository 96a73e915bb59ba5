using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Whole runs: what is sent, pinged and remembered.</summary>
public sealed class NotificationObserverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();
    private int _status = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileSystemStore Store => new(_folder.Path, TimeProvider.System);

    [Fact]
    public async Task Tests_of_users_stay_quiet()
    {
        await using var server = Server();
        var observer = Observer(NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hook"), ("BACKUP_PING_URL", $"http://{server.EndPoint}/ping")));
        await observer.OnBeginAsync(Runs.Good, Token);
        Assert.Same(RunAddition.None, await observer.OnEndAsync(Runs.Failed, Token));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_failure_is_told_of_once_and_taken_back_once()
    {
        await using var server = Server();
        var settings = On(server);
        Assert.Equal(NotificationStatus.Sent, Single(await Observer(settings).OnEndAsync(Now(Runs.Failed), Token)).Status);
        var second = Single(await Observer(settings).OnEndAsync(Now(Runs.Failed), Token));
        Assert.Equal(NotificationStatus.Suppressed, second.Status);
        Assert.Contains("the same was told", second.Error, StringComparison.Ordinal);
        Assert.Equal(NotificationStatus.Sent, Single(await Observer(settings).OnEndAsync(Now(Runs.Good), Token)).Status);
        Assert.Equal(NotificationStatus.Suppressed, Single(await Observer(settings).OnEndAsync(Now(Runs.Good), Token)).Status);
        Assert.Equal(2, server.Requests.Count);
        Assert.Contains("Recovered", server.Requests[1].Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "backups", ".notifications", "backup-mongodb-daily-production.json")));
    }

    [Fact]
    public async Task Another_subject_has_alerts_of_its_own()
    {
        await using var server = Server();
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token);
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed) with { Type = BackupType.Weekly }, Token);
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed) with { Operation = RunOperation.Restore }, Token);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_failed_notification_is_a_warning_and_is_remembered_until_one_goes_through()
    {
        await using var server = Server();
        _status = 404;
        var addition = await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token);
        Assert.Equal(NotificationStatus.Failed, Single(addition).Status);
        Assert.Contains("status 404", Assert.Single(addition.Warning), StringComparison.Ordinal);
        Assert.Contains("BACKUP_WEBHOOK_URL", addition.Warning[0], StringComparison.Ordinal);
        Assert.Equal(NotificationChannel.Webhook, Assert.Single(await NotificationCheck.FindFailuresAsync(Store, "production", DateTime.UtcNow, Token)).Channel);

        _status = 200;
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed) with { Type = BackupType.Weekly }, Token);
        Assert.Empty(await NotificationCheck.FindFailuresAsync(Store, "production", DateTime.UtcNow, Token));
        // The first subject's alert has reached nobody, so it is sent although it is the same.
        Assert.Equal(NotificationStatus.Sent, Single(await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token)).Status);
    }

    [Fact]
    public async Task What_one_channel_did_not_take_is_sent_by_it_with_the_next_run()
    {
        await using var webhook = Server();
        await using var mail = new AnsweringHttpServer(_ => new HttpAnswer(200, "{}"));
        var settings = NotificationFixture.Settings([.. NotificationFixture.Resend(mail), ("BACKUP_NOTIFY", "OnFailure"), ("BACKUP_WEBHOOK_URL", $"http://{webhook.EndPoint}/hook")]);
        _status = 404;
        Assert.Equal([NotificationStatus.Sent, NotificationStatus.Failed], (await Observer(settings).OnEndAsync(Now(Runs.Failed), Token)).Notification.Select(item => item.Status));

        _status = 200;
        var second = (await Observer(settings).OnEndAsync(Now(Runs.Failed), Token)).Notification;
        Assert.Equal(
            [(NotificationChannel.Resend, NotificationStatus.Suppressed), (NotificationChannel.Webhook, NotificationStatus.Sent)],
            second.Select(item => (item.Channel, item.Status)).Order());
        Assert.Contains("FAILED", webhook.Requests[^1].Text, StringComparison.Ordinal);
        Assert.All((await Observer(settings).OnEndAsync(Now(Runs.Failed), Token)).Notification, item => Assert.Equal(NotificationStatus.Suppressed, item.Status));
        Assert.Single(mail.Requests);
    }

    [Fact]
    public async Task A_failure_is_hidden_neither_by_another_environment_nor_by_the_ping_of_another_schedule_nor_by_a_wrong_clock()
    {
        await using var server = Server();
        var pings = NotificationFixture.Settings(("BACKUP_NOTIFY", "OnFailure"), ("BACKUP_PING_URL", $"http://{server.EndPoint}/ping"), ("BACKUP_ENVIRONMENT", "production"));
        _status = 404;
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token);
        await Observer(pings).OnEndAsync(Now(Runs.Good) with { Type = BackupType.Weekly }, Token);
        _status = 200;
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed) with { Environment = "eu-production" }, Token);
        await Observer(pings).OnEndAsync(Now(Runs.Good) with { Type = BackupType.Monthly }, Token);

        Assert.Equal([NotificationChannel.Webhook, NotificationChannel.Ping], (await FailuresAsync("production")).Order());
        Assert.Empty(await FailuresAsync("eu-production"));

        var subject = NotificationSubject.Of(Runs.Failed with { Operation = RunOperation.Restore });
        var ahead = new NotificationState { LastSent = new Dictionary<NotificationChannel, DateTime> { [NotificationChannel.Webhook] = DateTime.UtcNow.AddYears(1) } };
        await new NotificationStateStore(Store).WriteAsync(subject, ahead, null, Token);
        Assert.Contains(NotificationChannel.Webhook, await FailuresAsync("production"));

        // A test by all addresses shows that they are mended.
        await new NotificationTester(pings, _reporter, TimeProvider.System).RunAsync(Store, [], Token);
        Assert.DoesNotContain(NotificationChannel.Ping, await FailuresAsync("production"));

        async Task<IEnumerable<NotificationChannel>> FailuresAsync(string environment) =>
            (await NotificationCheck.FindFailuresAsync(Store, environment, DateTime.UtcNow, Token)).Select(item => item.Channel);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_silences_nothing()
    {
        await using var server = Server();
        await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token);
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "backups", ".notifications")).Single();
        foreach (var text in new[] { "", "null", "{\"alert\":null}", "{\"told\":null}", "[", new string('x', 300_000) })
        {
            await File.WriteAllTextAsync(file, text, Token);
            Assert.Equal(NotificationStatus.Sent, Single(await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token)).Status);
        }

        Assert.Equal(NotificationStatus.Suppressed, Single(await Observer(On(server)).OnEndAsync(Now(Runs.Failed), Token)).Status);
    }

    [Fact]
    public async Task Without_a_store_it_is_sent_all_the_same()
    {
        await using var server = Server();
        var observer = new NotificationObserver(Context(On(server), store: null));
        Assert.Equal(NotificationStatus.Sent, Single(await observer.OnEndAsync(Now(Runs.Failed), Token)).Status);
    }

    [Fact]
    public async Task Pings_at_begin_and_end_of_what_belongs_to_a_schedule()
    {
        await using var server = Server();
        var settings = NotificationFixture.Settings(
            ("BACKUP_NOTIFY", "OnFailure"), ("BACKUP_PING_URL", $"http://{server.EndPoint}/key/{{source}}-{{type}}-{{environment}}?create=1"), ("BACKUP_PING_URL_WEEKLY", $"http://{server.EndPoint}/weekly/"));
        await PingAsync(settings, Runs.Good);
        await PingAsync(settings, Runs.Failed with { Type = BackupType.Weekly });
        await PingAsync(settings, Runs.Good with { Source = BackupSource.Redis, Type = BackupType.Manual });
        await PingAsync(settings, Runs.Good with { Type = BackupType.Manual });
        await PingAsync(settings, Runs.Good with { Operation = RunOperation.Restore });

        Assert.Equal(
            [
                "GET /key/mongodb-daily-production/start?create=1", "GET /key/mongodb-daily-production?create=1",
                "GET /weekly/start", "POST /weekly/fail",
                "GET /key/redis-redis-production/start?create=1", "GET /key/redis-redis-production?create=1",
            ],
            server.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Contains("disk full", server.Requests[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_to_an_unknown_check_is_a_warning()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(200, "OK (not found)"));
        var addition = await PingAsync(NotificationFixture.Settings(("BACKUP_NOTIFY", "Always"), ("BACKUP_PING_URL", $"http://{server.EndPoint}/0d338dcc")), Runs.Good);
        Assert.Contains("knows no such check", Assert.Single(addition.Warning), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BACKUP_NOTIFICATION_EMAIL", "ops@example.com", "nothing that sends it")]
    [InlineData("BACKUP_WEBHOOK_URL", "ftp://example.com/very-secret", "BACKUP_WEBHOOK_URL")]
    [InlineData("BACKUP_PING_URL", "example.com/very-secret", "BACKUP_PING_URL")]
    [InlineData("BACKUP_SMTP_HOST", "mail.example.com", "BACKUP_NOTIFICATION_FROM")]
    [InlineData("BACKUP_NOTIFY", "Sometimes", "must be one of Always, OnFailure, OnChange, Never")]
    [InlineData("NOTHING", "at all", "nothing is set that could carry")]
    public async Task A_wrong_setting_is_told(string name, string value, string expected)
    {
        var addition = await PingAsync(NotificationFixture.Settings(("BACKUP_NOTIFICATION_ENABLED", "true"), (name, value)), Runs.Good);
        var told = string.Join(' ', addition.Warning.Concat(_reporter.Warnings));
        Assert.Contains(expected, told, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_channels_do_not_wait_for_each_other_and_one_that_is_broken_does_not_stop_the_other()
    {
        await using var server = Server();
        var settings = NotificationFixture.Settings(
            ("BACKUP_NOTIFICATION_ENABLED", "true"), ("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hook"), ("RESEND_API_KEY", "re_1"), ("BACKUP_NOTIFICATION_EMAIL", "nobody"));
        var addition = await Observer(settings).OnEndAsync(Now(Runs.Good), Token);
        Assert.Equal([NotificationStatus.Failed, NotificationStatus.Sent], addition.Notification.Select(result => result.Status));
        Assert.Contains("number 1 of 1 is none", addition.Notification[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_of_backups_are_told_of_when_they_fail()
    {
        await using var server = Server();
        var settings = NotificationFixture.Settings(("BACKUP_NOTIFICATION_ENABLED", "true"), ("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hook"));
        await Observer(settings).OnEndAsync(Now(Runs.Good) with { Operation = RunOperation.Test }, Token);
        Assert.Empty(server.Requests);
        await Observer(settings).OnEndAsync(Now(Runs.Failed) with { Operation = RunOperation.Test }, Token);
        Assert.Single(server.Requests);
        Assert.Same(RunAddition.None, await Observer(settings).OnEndAsync(Now(Runs.Failed) with { Operation = RunOperation.Protection }, Token));
    }

    public void Dispose() => _folder.Dispose();

    private static NotificationResult Single(RunAddition addition) => Assert.Single(addition.Notification);

    private static RunRecord Now(RunRecord run) => run with { StartTime = DateTime.UtcNow, EndTime = DateTime.UtcNow };

    private static EngineSettings On(AnsweringHttpServer server) => NotificationFixture.Settings(("BACKUP_NOTIFY", "OnFailure"), ("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hooks/very-secret"));

    private AnsweringHttpServer Server() => new(_ => new HttpAnswer(_status, "answer"));

    private NotificationObserver Observer(EngineSettings settings) => new(Context(settings, Store));

    private RunContext Context(EngineSettings settings, IObjectStore? store) =>
        new(new HoldOptions { WorkingDirectory = _folder.Path, Key = "k" }, settings, store, _reporter, TimeProvider.System, CancellationToken.None);

    private async Task<RunAddition> PingAsync(EngineSettings settings, RunRecord run)
    {
        var observer = Observer(settings);
        await observer.OnBeginAsync(run, Token);
        return await observer.OnEndAsync(Now(run), Token);
    }
}
