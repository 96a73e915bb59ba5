using System.Globalization;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>Unfinished uploads (Amazon S3 API reference: ListMultipartUploads, ListParts, AbortMultipartUpload).</summary>
public sealed class StaleUploadTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_another_host_is_still_at_work_on_after_more_than_a_day_stays()
    {
        // Of the second page of parts the last is an hour old.
        await using var aws = new LocalAws("s3://bucket/nightly?region=eu-central-1", request => Answer(request, hours => hours == 1001 ? 1 : 30));

        Assert.Equal(0, await aws.Store.RemoveStaleUploadsAsync("", Now.AddHours(-24), Token));

        Assert.DoesNotContain(aws.Server.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task One_whose_parts_are_all_old_goes()
    {
        await using var aws = new LocalAws("s3://bucket/nightly?region=eu-central-1", request => Answer(request, _ => 30));

        Assert.Equal(1, await aws.Store.RemoveStaleUploadsAsync("", Now.AddHours(-24), Token));

        Assert.Single(aws.Server.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task One_of_which_nobody_may_ask_stays_and_the_right_is_named()
    {
        await using var aws = new LocalAws(
            "s3://bucket/nightly?region=eu-central-1",
            request => request.Target.Contains("uploadId=", StringComparison.Ordinal) && request.Method == "GET"
                ? new HttpAnswer(403, LocalAws.Error("AccessDenied", "Access Denied"), ("Content-Type", "application/xml"))
                : Answer(request, _ => 30));

        Assert.Equal(0, await aws.Store.RemoveStaleUploadsAsync("", Now.AddHours(-24), Token));

        Assert.DoesNotContain(aws.Server.Requests, request => request.Method == "DELETE");
        Assert.Contains("s3:ListMultipartUploadParts", Assert.Single(aws.Reporter.Warnings), StringComparison.Ordinal);
    }

    private static HttpAnswer Answer(HttpRequestRecord request, Func<int, int> hoursAgo)
    {
        if (request.Method == "DELETE")
        {
            return new HttpAnswer(204);
        }

        const string Key = "nightly/backups/daily/2026/11/mongodb-daily-production-2026-11-22T05-00-00-000Z.archive.gz";
        var begun = Time(30);
        if (!request.Target.Contains("uploadId=", StringComparison.Ordinal))
        {
            return Xml($"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>{Key}</Key><UploadId>u1</UploadId><Initiated>{begun}</Initiated></Upload></ListMultipartUploadsResult>");
        }

        var isSecond = request.Target.Contains("part-number-marker=1000", StringComparison.Ordinal);
        var parts = string.Concat(Enumerable.Range(isSecond ? 1001 : 1, isSecond ? 1 : 1000).Select(number =>
            $"<Part><PartNumber>{number.ToString(CultureInfo.InvariantCulture)}</PartNumber><LastModified>{Time(hoursAgo(number))}</LastModified><ETag>\"e\"</ETag><Size>8388608</Size></Part>"));
        return Xml($"<ListPartsResult><Key>{Key}</Key><UploadId>u1</UploadId>{(isSecond ? "<IsTruncated>false</IsTruncated>" : "<NextPartNumberMarker>1000</NextPartNumberMarker><IsTruncated>true</IsTruncated>")}{parts}</ListPartsResult>");
    }

    private static string Time(int hoursAgo) => Now.AddHours(-hoursAgo).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static HttpAnswer Xml(string text) => new(200, text, ("Content-Type", "application/xml"));
}
