using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Notifications.Webhooks;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Notifications;

public sealed class WebhookTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly NotificationFixture _fixture = new();

    [Fact]
    public async Task Is_signed_as_Standard_Webhooks_says()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(204));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hooks/very-secret?x=1"), ("BACKUP_WEBHOOK_SECRET", Secret)));

        Assert.Equal((NotificationStatus.Sent, "127.0.0.1"), (result.Status, result.Target));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/hooks/very-secret?x=1"), (request.Method, request.Target));
        var signed = Encoding.UTF8.GetBytes($"{request["webhook-id"]}.{request["webhook-timestamp"]}.").Concat(request.Body).ToArray();
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret[6..]), signed));
        Assert.Equal(expected, request["webhook-signature"]);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(long.Parse(request["webhook-timestamp"]!)), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        var body = JsonNode.Parse(request.Text)!;
        Assert.Equal("backup.failed", (string?)body["type"]);
        Assert.Equal("Alert", (string?)body["kind"]);
        Assert.Equal("DiskFull", (string?)body["run"]!["errorId"]);
        Assert.Equal("Failed", (string?)body["run"]!["outcome"]);
        Assert.Equal("MongoDB", (string?)body["run"]!["source"]);
    }

    // The example of the specification.
    [Fact]
    public void Signs_the_example_of_the_specification() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Sign(Secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8));

    [Fact]
    public async Task Without_a_secret_it_is_not_signed()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(200, "ok"));
        await _fixture.SendAsync(NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/a")));
        Assert.Null(Assert.Single(server.Requests)["webhook-signature"]);
    }

    [Theory]
    [InlineData("hooks.slack.com", "Slack")]
    [InlineData("prod-12.westeurope.logic.azure.com", "Teams")]
    [InlineData("abc.de.environment.api.powerplatform.com", "Teams")]
    [InlineData("company.webhook.office.com", "Teams")]
    [InlineData("hooks.slack.com.evil.example", "Json")]
    [InlineData("notlogic.azure.com.example", "Json")]
    [InlineData("alerts.example.com", "Json")]
    public void The_form_follows_the_host(string host, string format) => Assert.Equal(format, WebhookPayload.FormatOf(host).ToString());

    [Fact]
    public async Task Slack_gets_plain_text_in_blocks()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(200, "ok"));
        var settings = NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/services/x"), ("BACKUP_WEBHOOK_FORMAT", "slack"));
        Assert.Equal(NotificationStatus.Sent, (await _fixture.SendAsync(settings, MessageTests.Hostile)).Status);

        var body = JsonNode.Parse(Assert.Single(server.Requests).Text)!;
        Assert.DoesNotContain("<", (string?)body["text"], StringComparison.Ordinal);
        var blocks = body["blocks"]!.AsArray();
        Assert.InRange(blocks.Count, 4, 50);
        Assert.InRange(((string)blocks[0]!["text"]!["text"]!).Length, 1, 150);
        Assert.All(blocks, block => Assert.All(Texts(block!), text =>
        {
            Assert.Equal("plain_text", (string?)text["type"]);
            Assert.InRange(((string)text["text"]!).Length, 1, 3000);
        }));

        static IEnumerable<JsonNode> Texts(JsonNode block) => block["fields"]?.AsArray().Select(field => field!) ?? [block["text"]!];
    }

    [Fact]
    public async Task Teams_gets_a_card_of_plain_runs_below_its_limit()
    {
        await using var server = new AnsweringHttpServer(_ => new HttpAnswer(202));
        var settings = NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/workflows/x"), ("BACKUP_WEBHOOK_FORMAT", "Teams"));
        Assert.Equal(NotificationStatus.Sent, (await _fixture.SendAsync(settings, MessageTests.Hostile)).Status);

        var request = Assert.Single(server.Requests);
        Assert.InRange(request.Body.Length, 1000, 28 * 1024);
        var body = JsonNode.Parse(request.Text)!;
        Assert.Equal("message", (string?)body["type"]);
        Assert.Equal("application/vnd.microsoft.card.adaptive", (string?)body["attachments"]![0]!["contentType"]);
        var card = body["attachments"]![0]!["content"]!;
        Assert.Equal("AdaptiveCard", (string?)card["type"]);
        Assert.All(card["body"]!.AsArray(), block => Assert.Equal("RichTextBlock", (string?)block!["type"]));
    }

    [Theory]
    [InlineData(404, "no longer known", 1)]
    [InlineData(403, "BACKUP_WEBHOOK_URL", 1)]
    [InlineData(302, "redirects to", 1)]
    public async Task A_refusal_is_told_without_the_address(int status, string advice, int attempts)
    {
        await using var server = new AnsweringHttpServer(request => new HttpAnswer(status, "cannot post to " + request.Target, ("Location", "http://127.0.0.1:1/elsewhere")));
        var result = await _fixture.SendAsync(NotificationFixture.Settings(("BACKUP_WEBHOOK_URL", $"http://{server.EndPoint}/hooks/very-secret")));

        Assert.Equal(NotificationStatus.Failed, result.Status);
        Assert.Contains(advice, result.Error + result.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", result.Error, StringComparison.Ordinal);
        Assert.Equal(attempts, server.Requests.Count);
    }

    public void Dispose() => _fixture.Dispose();
}
