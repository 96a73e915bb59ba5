using System.Net.Sockets;
using System.Text.Json;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Against a server that answers as Resend's API reference says.</summary>
public sealed class ResendTests : IDisposable
{
    private const string Success = """{"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}""";

    private readonly NotificationFixture _fixture = new();

    [Fact]
    public async Task Sends_what_the_reference_asks_for()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(200, Success));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal((NotificationStatus.Sent, NotificationChannel.Resend, "ops@example.com, Ann <ann@example.com>"), (result.Status, result.Channel, result.Target));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/emails"), (request.Method, request.Target));
        Assert.Equal("Bearer " + NotificationFixture.Key, request["Authorization"]);
        Assert.Equal("application/json", request["Content-Type"]);
        Assert.Equal("traf3li-0123456789abcdef0123456789abcdef-alert", request["Idempotency-Key"]);
        Assert.StartsWith("Traf3li.Backup/", request["User-Agent"], StringComparison.Ordinal);
        using var body = JsonDocument.Parse(request.Text);
        Assert.Equal(["from", "to", "subject", "html", "text"], body.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("Backups <backups@example.com>", body.RootElement.GetProperty("from").GetString());
        Assert.Equal(2, body.RootElement.GetProperty("to").GetArrayLength());
        Assert.StartsWith("FAILED: daily MongoDB backup", body.RootElement.GetProperty("subject").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "validation_error", "We found an error with one or more fields in the request.", "BACKUP_NOTIFICATION_FROM")]
    [InlineData(401, "missing_api_key", "Missing API key in the authorization header.", "RESEND_API_KEY")]
    [InlineData(403, "invalid_api_key", "API key is invalid.", "RESEND_API_KEY")]
    [InlineData(403, "validation_error", "The example.com domain is not verified.", "resend.com/domains")]
    [InlineData(422, "invalid_from_address", "Invalid from field.", "BACKUP_NOTIFICATION_FROM")]
    [InlineData(429, "daily_quota_exceeded", "You have reached your daily email sending quota.", "quota")]
    [InlineData(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.", "reference")]
    public async Task A_permanent_error_is_not_tried_again(int status, string name, string message, string advice)
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(status, Error(status, name, message)));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains(name, result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Contains(advice, result.Recommendation, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429, "rate_limit_exceeded")]
    [InlineData(409, "concurrent_idempotent_requests")]
    [InlineData(500, "application_error")]
    [InlineData(503, "")]
    public async Task A_passing_error_is_tried_again_with_the_same_key(int status, string name)
    {
        var answers = 0;
        await using var server = new AnsweringHttpServer(_ => Interlocked.Increment(ref answers) < 3
            ? new HttpAnswer(status, name.Length > 0 ? Error(status, name, "Later.") : "<html>busy</html>", ("Retry-After", "0"))
            : new HttpAnswer(200, Success));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal(NotificationStatus.Sent, result.Status);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request["Idempotency-Key"]).Distinct());
        Assert.Single(server.Requests.Select(request => request.Text).Distinct());
    }

    [Fact]
    public async Task Retry_After_is_waited_for()
    {
        var answers = 0;
        await using var server = new AnsweringHttpServer(_ => Interlocked.Increment(ref answers) < 2
            ? new HttpAnswer(429, Error(429, "rate_limit_exceeded", "Too many requests."), ("Retry-After", "1"))
            : new HttpAnswer(200, Success));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal(NotificationStatus.Sent, result.Status);
        Assert.Contains(_fixture.Reporter.Details, detail => detail.Contains("attempt 2 in 1.0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_beyond_the_limit_is_not_begun()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(429, Error(429, "rate_limit_exceeded", "Too many requests."), ("Retry-After", "3600")));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_left_after_the_limit()
    {
        await using var server = new AnsweringHttpServer(_ => HttpAnswer.None);
        using var hasty = new NotificationFixture { Limits = new DeliveryLimits { Overall = TimeSpan.FromSeconds(1.5), Attempt = TimeSpan.FromSeconds(0.4), FirstDelay = TimeSpan.FromMilliseconds(10) } };
        var result = await hasty.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains("no answer within", result.Error, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 2, 5);
    }

    [Fact]
    public async Task A_connection_that_is_closed_is_tried_again()
    {
        var connections = 0;
        await using var server = new ConnectionAcceptor(client =>
        {
            Interlocked.Increment(ref connections);
            client.Dispose();
            return Task.CompletedTask;
        });
        using var hasty = new NotificationFixture { Limits = new DeliveryLimits { Overall = TimeSpan.FromSeconds(1), FirstDelay = TimeSpan.FromMilliseconds(10) } };
        var result = await hasty.SendAsync(NotificationFixture.Settings(
            ("RESEND_API_KEY", NotificationFixture.Key), ("RESEND_API_URL", $"http://{server.EndPoint}"), ("BACKUP_NOTIFICATION_EMAIL", "ops@example.com")));

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains("127.0.0.1", result.Error, StringComparison.Ordinal);
        Assert.True(connections > 1);
    }

    [Fact]
    public async Task Stopping_ends_it_at_once()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new AnsweringHttpServer(_ =>
        {
            stop.Cancel();
            return HttpAnswer.None;
        });
        var result = await _fixture.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)), cancellationToken: stop.Token);

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains("stopped", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_is_never_shown_although_a_server_gives_it_back()
    {
        await using var server = new AnsweringHttpServer(request => new HttpAnswer(500, $"<html>{request["Authorization"]}\u0000 went wrong</html>"));
        using var hasty = new NotificationFixture { Limits = new DeliveryLimits { Overall = TimeSpan.FromSeconds(0.5), FirstDelay = TimeSpan.FromMilliseconds(10) } };
        var result = await hasty.SendAsync(NotificationFixture.Settings(NotificationFixture.Resend(server)));

        Assert.Contains("went wrong", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(NotificationFixture.Key, result.Error, StringComparison.Ordinal);
        Assert.NotEmpty(hasty.Reporter.Details);
        Assert.All(hasty.Reporter.Details, detail => Assert.DoesNotContain(NotificationFixture.Key, detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "", true)]
    [InlineData(401, "restricted_api_key", true)]
    [InlineData(403, "invalid_api_key", false)]
    public async Task The_check_asks_whether_the_key_is_known_and_sends_nothing(int status, string name, bool isGood)
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(status, name.Length > 0 ? Error(status, name, "No.") : """{"data":[]}"""));
        var check = new NotificationCheck(NotificationFixture.Settings(NotificationFixture.Resend(server)), _fixture.Reporter, TimeProvider.System);
        var result = Assert.Single(await check.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(isGood ? NotificationStatus.Sent : NotificationStatus.Failed, result.Status);
        Assert.Equal("GET /domains", Assert.Single(server.Requests.Select(request => $"{request.Method} {request.Target}")));
    }

    public void Dispose() => _fixture.Dispose();

    private static string Error(int status, string name, string message) => JsonSerializer.Serialize(new { statusCode = status, name, message });
}
