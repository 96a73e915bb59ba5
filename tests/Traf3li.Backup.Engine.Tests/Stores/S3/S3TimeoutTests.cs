using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>A store that takes requests and does not answer them.</summary>
public sealed class S3TimeoutTests
{
    private const string Key = "backups/daily/2026/01/x.archive.gz";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_answered_before_has_timed_out_when_the_retries_are_used_up()
    {
        var isSilent = false;
        await using var server = new AnsweringHttpServer(_ => isSilent
            ? HttpAnswer.None
            : new HttpAnswer(200, "", ("Content-Length", "4"), ("ETag", "\"e\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")));
        var time = new SkippingTime { IsSkipping = false };
        var reporter = new RecordingReporter();
        await using var store = Open(server, reporter, time);
        Assert.NotNull(await store.FindAsync(Key, Token));

        (isSilent, time.IsSkipping) = (true, true);
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => store.FindAsync(Key, Token));

        Assert.Equal("OperationTimedOut", error.ErrorId);
        Assert.Contains($"s3:GetObject on bucket/nightly/{Key}", error.Message, StringComparison.Ordinal);
        Assert.Contains("took longer than 60 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("Run it again", error.Recommendation, StringComparison.Ordinal);
        Assert.NotEmpty(reporter.Details);
    }

    [Fact]
    public async Task A_store_that_never_answered_cannot_be_reached()
    {
        await using var server = new AnsweringHttpServer(_ => HttpAnswer.None);
        await using var store = Open(server, new RecordingReporter(), new SkippingTime());

        var error = await Assert.ThrowsAsync<StoreUnreachableException>(() => store.FindAsync(Key, Token));

        Assert.Contains("did not answer in time", error.Message, StringComparison.Ordinal);
    }

    private static S3Store Open(AnsweringHttpServer server, RecordingReporter reporter, TimeProvider time)
    {
        var environment = new FakeEnvironment { ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "a-secret-of-the-test" };
        var settings = SettingsResolver.Resolve(
            new BackupQuery { WorkingDirectory = Path.GetTempPath(), Destination = $"s3://bucket/nightly?endpoint=http://127.0.0.1:{server.EndPoint.Port}" }, environment);
        var bucket = (S3Destination)settings.Destination;
        var client = new S3Client(bucket, S3ClientFactory.Create(bucket, settings), new RetryOptions(), reporter, time);
        return new S3Store(client, S3Encryption.Decide(bucket, settings), new S3StoreOptions());
    }
}
