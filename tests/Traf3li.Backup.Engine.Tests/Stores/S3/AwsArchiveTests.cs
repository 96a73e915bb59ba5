using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>Archived storage classes at AWS: what is known of them, and how a thaw is requested (Amazon S3 API reference, "RestoreObject").</summary>
public sealed class AwsArchiveTests
{
    private const string Key = "backups/daily/2026/01/mongodb-daily-production-2026-01-01T00-00-00-000Z.archive.gz";
    private const string Destination = "s3://archive?region=eu-central-1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GLACIER", true)]
    [InlineData("DEEP_ARCHIVE", true)]
    [InlineData("GLACIER_IR", false)]
    [InlineData("STANDARD_IA", false)]
    [InlineData("INTELLIGENT_TIERING", false)]
    public async Task A_listing_tells_the_class_and_asks_nothing_more(string storageClass, bool isArchived)
    {
        var bucket = Bucket(storageClass);
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var listed = Assert.Single(await ListAsync(aws.Store));
        Assert.Equal((storageClass, isArchived ? ThawStatus.Archived : null), (listed.StorageClass, listed.Archive?.Status));
        if (isArchived)
        {
            Assert.True(await aws.Store.ThawAsync(listed, ThawTier.Standard, 7, Token));
            Assert.Equal(ThawStatus.InProgress, Assert.Single(await ListAsync(aws.Store)).Archive!.Status);
            bucket.Finish();
            var thawed = Assert.Single(await ListAsync(aws.Store)).Archive!;
            Assert.Equal((ThawStatus.Thawed, new DateTime(2035, 12, 21, 0, 0, 0, DateTimeKind.Utc)), (thawed.Status, thawed.ThawedUntil));
        }

        Assert.All(aws.Server.Requests, request => Assert.True(request.Method == "POST" || request.Target.Contains("list-type=2", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("GLACIER", ThawTier.Standard, "Standard", "7")]
    [InlineData("GLACIER", ThawTier.Expedited, "Expedited", "7")]
    [InlineData("DEEP_ARCHIVE", ThawTier.Bulk, "Bulk", "7")]
    [InlineData("ARCHIVE_ACCESS", ThawTier.Standard, "Standard", null)]
    [InlineData("DEEP_ARCHIVE_ACCESS", ThawTier.Bulk, "Bulk", null)]
    public async Task A_thaw_is_requested_once_and_then_on_its_way_and_then_done(string storageClass, ThawTier tier, string sentTier, string? sentDays)
    {
        var bucket = Bucket(storageClass);
        await using var aws = new LocalAws(Destination, bucket.Answer);
        var item = (await aws.Store.FindAsync(Key, Token))!;
        Assert.Equal(new ObjectArchive(storageClass, ThawStatus.Archived), item.Archive);

        Assert.True(await aws.Store.ThawAsync(item, tier, 7, Token));
        var sent = System.Xml.Linq.XElement.Parse(bucket.RequestedOf(Key)!);
        Assert.Equal((sentTier, sentDays), (Value(sent, "Tier"), Value(sent, "Days")));
        Assert.False(await aws.Store.ThawAsync(item, tier, 7, Token));
        item = (await aws.Store.FindAsync(Key, Token))!;
        Assert.Equal(new ObjectArchive(storageClass, ThawStatus.InProgress), item.Archive);
        var error = await Assert.ThrowsAsync<ObjectArchivedException>(() => aws.Store.OpenReadAsync(Key, 0, null, Token));
        Assert.True(error.IsThawing);
        Assert.Contains("on its way", error.Message, StringComparison.Ordinal);

        bucket.Finish();

        item = (await aws.Store.FindAsync(Key, Token))!;
        Assert.True(item.Archive?.CanBeRead ?? true);
        await using var stream = await aws.Store.OpenReadAsync(Key, 0, null, Token);
        Assert.Equal("data", await new StreamReader(stream).ReadToEndAsync(Token));
        if (item.Archive is not null)
        {
            // Its time is extended.
            Assert.True(await aws.Store.ThawAsync(item, tier, 7, Token));
        }
    }

    [Fact]
    public async Task Expedited_thaws_without_capacity_are_refused_at_once()
    {
        await using var aws = new LocalAws(Destination, request => request.Method == "POST"
            ? Error(503, "GlacierExpeditedRetrievalNotAvailable", "Glacier expedited retrievals are currently not available, please try again later")
            : Bucket("GLACIER").Answer(request));

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => ThawAsync(aws, ThawTier.Expedited));

        Assert.Contains("-ThawTier Standard", error.Message, StringComparison.Ordinal);
        Assert.Single(aws.Server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_missing_right_is_named()
    {
        await using var aws = new LocalAws(Destination, request => request.Method == "POST" ? Error(403, "AccessDenied", "Access Denied") : Bucket("GLACIER").Answer(request));

        var error = await Assert.ThrowsAsync<StoreAccessDeniedException>(() => ThawAsync(aws, ThawTier.Standard));

        Assert.Contains("s3:RestoreObject", error.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(501, "NotImplemented")]
    [InlineData(405, "MethodNotAllowed")]
    public async Task A_store_that_cannot_thaw_is_said_to(int status, string code)
    {
        await using var aws = new LocalAws(Destination, request => request.Method == "POST" ? Error(status, code, "No.") : Bucket("GLACIER").Answer(request));

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => ThawAsync(aws, ThawTier.Standard));

        Assert.Contains("does not know how to thaw", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_left_the_archive_meanwhile_is_no_riddle()
    {
        var bucket = Bucket("GLACIER");
        await using var aws = new LocalAws(Destination, bucket.Answer);
        var item = (await aws.Store.FindAsync(Key, Token))!;
        bucket.Move(Key, "STANDARD");

        var error = await Assert.ThrowsAsync<StoreFailedException>(() => aws.Store.ThawAsync(item, ThawTier.Standard, 7, Token));

        Assert.Contains("needs no thaw", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An archive of backups whose manifests, holds and records nobody can read would not even be listed.</summary>
    [Fact]
    public async Task Only_archives_are_stored_in_the_class_of_the_destination()
    {
        var bucket = new ArchiveBucket();
        await using var aws = new LocalAws(Destination + "&storageClass=DEEP_ARCHIVE", bucket.Answer);
        await aws.Store.WriteAsync("backups/x.manifest.json", "{}"u8.ToArray(), new UploadOptions { OnlyIfAbsent = true }, Token);
        await new BackupHolds(aws.Store).WriteAsync(new BackupHold { Key = Key, Reason = "court", HeldBy = "a", Date = DateTime.UnixEpoch }, Token);
        await using (var upload = await aws.Store.BeginUploadAsync(Key, new UploadOptions(), Token))
        {
            await upload.WriteAsync("data"u8.ToArray(), Token);
            await upload.CompleteAsync(Token);
        }

        Assert.Equal(
            [(BackupHolds.KeyOf(Key), "STANDARD"), (Key, "DEEP_ARCHIVE"), ("backups/x.manifest.json", "STANDARD")],
            bucket.Classes.Select(item => (item.Key, item.Value)).OrderByDescending(item => item.Key.Length));
    }

    private static ArchiveBucket Bucket(string storageClass)
    {
        var bucket = new ArchiveBucket();
        bucket.Put(Key, "data"u8.ToArray(), storageClass);
        return bucket;
    }

    private static HttpAnswer Error(int status, string code, string message) => new(status, LocalAws.Error(code, message), ("Content-Type", "application/xml"));

    private static string? Value(System.Xml.Linq.XElement sent, string name) => sent.Descendants().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    private static async Task ThawAsync(LocalAws aws, ThawTier tier) => await aws.Store.ThawAsync((await aws.Store.FindAsync(Key, Token))!, tier, 7, Token);

    private static async Task<List<StoredObject>> ListAsync(Engine.Stores.S3.S3Store store)
    {
        var items = new List<StoredObject>();
        await foreach (var item in store.ListAsync("backups/", Token))
        {
            items.Add(item);
        }

        return items;
    }
}
