using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>What a user is told when AWS says no, in the words in which AWS says it (Amazon S3 API reference, "Error responses").</summary>
public sealed class AwsErrorTests
{
    private const string Destination = "s3://bucket/nightly?region=us-east-1";
    private const string Key = "backups/daily/2026/01/x.archive.gz";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_in_another_region_that_redirects()
    {
        var answer = new HttpAnswer(
            301,
            LocalAws.Error(
                "PermanentRedirect",
                "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
                "<Endpoint>bucket.s3.eu-central-1.amazonaws.com</Endpoint><Bucket>bucket</Bucket>"),
            ("x-amz-bucket-region", "eu-central-1"),
            ("Content-Type", "application/xml"));
        await ExpectRegionAsync(_ => answer, store => store.CheckAccessAsync(write: true, Token));
        await ExpectRegionAsync(_ => answer, store => store.FindAsync(Key, Token));
    }

    [Fact]
    public async Task A_bucket_in_another_region_that_refuses_the_signature()
    {
        var answer = new HttpAnswer(
            400,
            LocalAws.Error(
                "AuthorizationHeaderMalformed",
                "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
                "<Region>eu-central-1</Region>"),
            ("x-amz-bucket-region", "eu-central-1"),
            ("Content-Type", "application/xml"));
        await ExpectRegionAsync(_ => answer, store => store.CheckAccessAsync(write: true, Token));
        await ExpectRegionAsync(_ => answer, store => store.FindAsync(Key, Token));
    }

    [Fact]
    public async Task An_object_in_glacier_that_only_get_refuses()
    {
        await using var aws = new LocalAws(Destination, request => request.Method == "HEAD"
            ? Head(1000)
            : new HttpAnswer(403, LocalAws.Error("InvalidObjectState", "The operation is not valid for the object's storage class", "<StorageClass>DEEP_ARCHIVE</StorageClass>"), ("Content-Type", "application/xml")));

        await using var stream = await aws.Store.OpenReadAsync(Key, 0, null, Token);
        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => stream.CopyToAsync(Stream.Null, Token));

        AssertThaw(error, "DEEP_ARCHIVE", "12 hours");
        Assert.Equal(2, aws.Server.Requests.Count);
    }

    [Theory]
    [InlineData("GLACIER", "3-5 hours")]
    [InlineData("DEEP_ARCHIVE", "48 hours")]
    public async Task An_object_in_glacier_whose_headers_say_so(string storageClass, string thawTime)
    {
        await using var aws = new LocalAws(Destination, _ => Head(1000, ("x-amz-storage-class", storageClass)));

        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => aws.Store.OpenReadAsync(Key, 0, null, Token));

        AssertThaw(error, storageClass, thawTime);
    }

    [Fact]
    public async Task A_thawed_object_is_read()
    {
        await using var aws = new LocalAws(Destination, request => request.Method == "HEAD"
            ? Head(4, ("x-amz-storage-class", "GLACIER"), ("x-amz-restore", "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2035 00:00:00 GMT\""))
            : new HttpAnswer(206, "data", ("Content-Range", "bytes 0-3/4"), ("ETag", "\"e\"")));

        await using var stream = await aws.Store.OpenReadAsync(Key, 0, null, Token);

        Assert.Equal("data", await new StreamReader(stream).ReadToEndAsync(Token));
    }

    [Fact]
    public async Task A_clock_that_is_wrong()
    {
        var answer = new HttpAnswer(
            403,
            LocalAws.Error(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                "<RequestTime>20260101T000000Z</RequestTime><ServerTime>2026-01-01T01:00:00Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>"),
            ("Date", "Thu, 01 Jan 2026 01:00:00 GMT"),
            ("Content-Type", "application/xml"));
        foreach (var run in Both())
        {
            var error = await FailAsync<ClockSkewException>(_ => answer, run);
            Assert.Equal("ClockSkew", error.ErrorId);
            Assert.Contains("s3://bucket/nightly", error.Message, StringComparison.Ordinal);
            Assert.Contains("clock", error.Recommendation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_right_that_is_missing()
    {
        const string Said = "User: arn:aws:iam::123456789012:user/backup is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:123456789012:key/k";
        var answer = new HttpAnswer(403, LocalAws.Error("AccessDenied", Said), ("Content-Type", "application/xml"));

        var list = await FailAsync<StoreAccessDeniedException>(_ => answer, store => store.CheckAccessAsync(write: false, Token));
        var find = await FailAsync<StoreAccessDeniedException>(_ => answer, store => store.FindAsync(Key, Token));

        Assert.Equal(("StoreAccessDenied", "s3:ListBucket", "bucket"), (list.ErrorId, list.Action, list.Resource));
        Assert.Contains("kms:GenerateDataKey", list.Message, StringComparison.Ordinal);
        Assert.Equal(("s3:GetObject", $"bucket/nightly/{Key}"), (find.Action, find.Resource));
        Assert.Contains("kms:GenerateDataKey", find.Message, StringComparison.Ordinal);
        Assert.Contains("Grant s3:ListBucket on bucket", list.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-of-the-test", list.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_missing()
    {
        var answer = new HttpAnswer(404, LocalAws.Error("NoSuchBucket", "The specified bucket does not exist", "<BucketName>bucket</BucketName>"), ("Content-Type", "application/xml"));

        var error = await FailAsync<StoreNotFoundException>(_ => answer, store => store.CheckAccessAsync(write: true, Token));

        Assert.Equal("StoreNotFound", error.ErrorId);
        Assert.Contains("s3://bucket/nightly", error.Message, StringComparison.Ordinal);
        Assert.Contains("BACKUP_S3_BUCKET", error.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SlowDown", "Please reduce your request rate.")]
    [InlineData("ServiceUnavailable", "Service is unable to handle request.")]
    public async Task What_is_too_much_for_the_store_is_tried_again(string code, string message)
    {
        var left = 3;
        await using var aws = new LocalAws(Destination, _ => Interlocked.Decrement(ref left) >= 0
            ? new HttpAnswer(503, LocalAws.Error(code, message), ("Content-Type", "application/xml"))
            : Head(0));

        Assert.NotNull(await aws.Store.FindAsync(Key, Token));

        Assert.Equal(4, aws.Server.Requests.Count(request => request.Method == "HEAD"));
        Assert.Equal(3, aws.Reporter.Details.Count);
    }

    [Fact]
    public async Task What_is_denied_is_not_tried_again()
    {
        await using var aws = new LocalAws(Destination, _ => new HttpAnswer(403, LocalAws.Error("AccessDenied", "Access Denied"), ("Content-Type", "application/xml")));

        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => aws.Store.CheckAccessAsync(write: true, Token));

        Assert.Single(aws.Server.Requests);
        Assert.Empty(aws.Reporter.Details);
    }

    private static IEnumerable<Func<IObjectStore, Task>> Both() => [store => store.CheckAccessAsync(write: true, Token), store => store.FindAsync(Key, Token)];

    private static HttpAnswer Head(int length, params (string, string)[] more) =>
        new(200, "", [("Content-Length", $"{length}"), ("ETag", "\"e\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"), .. more]);

    private static void AssertThaw(ObjectArchivedException error, string storageClass, string thawTime)
    {
        Assert.Equal("ObjectArchived", error.ErrorId);
        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
        Assert.Contains(storageClass, error.Message, StringComparison.Ordinal);
        Assert.Contains("-Thaw", error.Recommendation, StringComparison.Ordinal);
        Assert.Contains(thawTime, error.Recommendation, StringComparison.Ordinal);
    }

    private static async Task ExpectRegionAsync(Func<HttpRequestRecord, HttpAnswer> answer, Func<IObjectStore, Task> run)
    {
        var error = await FailAsync<StoreRegionException>(answer, run);
        Assert.Equal(("StoreRegion", "eu-central-1"), (error.ErrorId, error.ExpectedRegion));
        Assert.Contains("lies in region eu-central-1", error.Message, StringComparison.Ordinal);
        Assert.Contains("?region=eu-central-1", error.Recommendation, StringComparison.Ordinal);
    }

    private static async Task<T> FailAsync<T>(Func<HttpRequestRecord, HttpAnswer> answer, Func<IObjectStore, Task> run)
        where T : BackupException
    {
        await using var aws = new LocalAws(Destination, answer);
        var error = await Assert.ThrowsAsync<T>(() => run(aws.Store));
        // Neither the wrong region nor anything else is tried again.
        Assert.Empty(aws.Reporter.Details);
        return error;
    }
}
