using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Against a real Exim.</summary>
public sealed class SmtpTests : IDisposable
{
    private readonly NotificationFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sends_by_STARTTLS_after_a_login()
    {
        await using var server = await EximServer.StartOrSkipAsync(Token);
        var result = await _fixture.SendAsync(Settings(server));
        Assert.True(result is { Status: NotificationStatus.Sent, Error: null }, result.Error);
        var mail = await server.WaitForMailAsync("multipart/alternative", Token);
        Assert.Contains("Subject: FAILED: daily MongoDB backup of production: disk full", mail, StringComparison.Ordinal);
        Assert.Contains("From: backups@example.com", mail, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.Ordinal);
        Assert.Contains("What to do: Free space on /mnt/backups", mail, StringComparison.Ordinal);
        Assert.Contains("text/html", mail, StringComparison.Ordinal);

        var check = await new NotificationCheck(Settings(server), _fixture.Reporter, TimeProvider.System).RunAsync(Token);
        Assert.Equal(NotificationStatus.Sent, Assert.Single(check).Status);
    }

    [Fact]
    public async Task One_recipient_that_is_gone_does_not_keep_it_from_the_others()
    {
        await using var server = await EximServer.StartOrSkipAsync(Token);
        var result = await _fixture.SendAsync(Settings(server, ("BACKUP_NOTIFICATION_EMAIL", "gone@example.com, ops@example.com")));
        Assert.Equal(NotificationStatus.Sent, result.Status);
        Assert.Contains("gone@example.com (550 no such mailbox)", result.Error, StringComparison.Ordinal);

        var none = await _fixture.SendAsync(Settings(server, ("BACKUP_NOTIFICATION_EMAIL", "gone@example.com")));
        Assert.Equal(NotificationStatus.Failed, none.Status);
        Assert.Contains("no such mailbox", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BACKUP_SMTP_PASSWORD", "wrong password", "refused the login", "BACKUP_SMTP_PASSWORD")]
    [InlineData("BACKUP_SMTP_USER", "", "log in first", "BACKUP_SMTP_USER")]
    [InlineData("BACKUP_SMTP_CA_FILE", "", "no trusted TLS connection", "BACKUP_SMTP_CA_FILE")]
    [InlineData("BACKUP_SMTP_SECURITY", "Tls", "no trusted TLS connection", "BACKUP_SMTP_SECURITY")]
    public async Task A_refusal_is_told_with_what_to_do(string name, string value, string reason, string advice)
    {
        await using var server = await EximServer.StartOrSkipAsync(Token);
        var result = await _fixture.SendAsync(Settings(server, (name, value)));
        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Contains(advice, result.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain(value.Length > 6 ? value : EximServer.Password, result.Error, StringComparison.Ordinal);
        Assert.Empty(server.Mail);
    }

    [Fact]
    public async Task A_password_is_not_sent_in_the_clear()
    {
        var result = await _fixture.SendAsync(NotificationFixture.Settings(
            ("BACKUP_SMTP_HOST", "mail.example.com"), ("BACKUP_SMTP_SECURITY", "None"), ("BACKUP_SMTP_USER", "backup"), ("BACKUP_SMTP_PASSWORD", "secret"),
            ("BACKUP_NOTIFICATION_EMAIL", "ops@example.com"), ("BACKUP_NOTIFICATION_FROM", "backups@example.com")));
        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains("in the clear", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _fixture.Dispose();

    private static EngineSettings Settings(EximServer server, params (string Name, string Value)[] changes) => NotificationFixture.Settings(
    [
        ("BACKUP_SMTP_HOST", "127.0.0.1"), ("BACKUP_SMTP_PORT", server.Port.ToString()), ("BACKUP_SMTP_USER", "backup"), ("BACKUP_SMTP_PASSWORD", EximServer.Password),
        ("BACKUP_SMTP_CA_FILE", server.Certificates.CaFile), ("BACKUP_NOTIFICATION_EMAIL", "ops@example.com"), ("BACKUP_NOTIFICATION_FROM", "backups@example.com"), .. changes,
    ]);
}
