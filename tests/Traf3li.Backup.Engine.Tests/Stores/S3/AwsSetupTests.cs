using System.Xml.Linq;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>Buckets are set up at AWS, by its documented requests and answers (Amazon S3 API reference and user guide, "Lifecycle configuration elements").</summary>
public sealed class AwsSetupTests
{
    private const string Destination = "s3://bucket/nightly?region=eu-central-1";

    /// <summary>Rules of others in every form that the user guide documents.</summary>
    private const string Others = """
        <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Rule><ID>old-form</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>365</Days></Expiration></Rule>
          <Rule><ID>whole-bucket</ID><Filter/><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
          <Rule><ID>tag</ID><Filter><Tag><Key>class</Key><Value>cold</Value></Tag></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition><Transition><Days>90</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition></Rule>
          <Rule><ID>all-together</ID><Filter><And><Prefix>media/</Prefix><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan></And></Filter><Status>Disabled</Status><Transition><Date>2027-01-01T00:00:00.000Z</Date><StorageClass>GLACIER</StorageClass></Transition></Rule>
          <Rule><ID>versions</ID><Filter><Prefix>docs/</Prefix></Filter><Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration><NoncurrentVersionTransition><NoncurrentDays>30</NoncurrentDays><StorageClass>GLACIER_IR</StorageClass><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionTransition><NoncurrentVersionExpiration><NewerNoncurrentVersions>5</NewerNoncurrentVersions><NoncurrentDays>60</NoncurrentDays></NoncurrentVersionExpiration></Rule>
          <Rule><ID>size</ID><Filter><ObjectSizeLessThan>1000</ObjectSizeLessThan></Filter><Status>Enabled</Status><Expiration><Date>2027-06-01T00:00:00.000Z</Date></Expiration></Rule>
        </LifecycleConfiguration>
        """;

    private static StorePreparation Wanted => new(null, 30, 90, 30, IsPlan: false);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_bucket_is_planned_and_then_made_with_rules_that_leave_manifests()
    {
        var bucket = new AwsBucket { Exists = false };
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var plan = await aws.Store.PrepareAsync(Wanted with { IsPlan = true }, Token);
        Assert.DoesNotContain(aws.Server.Requests, request => request.Method is "PUT" or "DELETE" or "POST");
        var steps = await aws.Store.PrepareAsync(Wanted, Token);

        Assert.Equal(plan.Select(step => (step.Name, step.Detail)), steps.Select(step => (step.Name, step.Detail)));
        Assert.Equal(["Bucket", "Versioning", "Unfinished uploads", "Old versions", "Archive"], Named(steps, StoreStepStatus.Done));
        Assert.Equal(["Public access", "Encryption"], Named(steps, StoreStepStatus.AlreadySo));
        Assert.Equal(Named(steps, StoreStepStatus.Done), Named(plan, StoreStepStatus.WouldDo));
        var create = aws.Server.Requests.First(request => request.Method == "PUT");
        Assert.Contains("<LocationConstraint>eu-central-1</LocationConstraint>", create.Text, StringComparison.Ordinal);
        AssertRule(bucket, "uploads", "<Filter><Prefix>nightly/backups/</Prefix></Filter>", "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>");
        AssertRule(bucket, "old-versions", "<Filter><Prefix>nightly/backups/</Prefix></Filter>", "<NoncurrentDays>30</NoncurrentDays>", "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>");
        AssertRule(bucket, "archive", "<And><Prefix>nightly/backups/</Prefix><ObjectSizeGreaterThan>67108864</ObjectSizeGreaterThan></And>", "<Days>90</Days>", "<StorageClass>GLACIER</StorageClass>");
        Assert.DoesNotContain("NoncurrentVersionTransition", Flat(bucket.Rules["traf3li-backup-archive"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_versions_that_are_kept_are_archived_too()
    {
        var bucket = AwsBucket.Usual();
        await using var aws = new LocalAws(Destination, bucket.Answer);

        await aws.Store.PrepareAsync(Wanted with { OldVersionDays = 0, ArchiveAfterDays = 40 }, Token);

        AssertRule(bucket, "archive", "<NoncurrentVersionTransition>", "<NoncurrentDays>40</NoncurrentDays>");
        Assert.DoesNotContain("traf3li-backup-old-versions", bucket.Rules.Keys);
    }

    [Fact]
    public async Task What_is_as_advised_is_left_alone()
    {
        var bucket = AwsBucket.Usual(Others);
        await using var aws = new LocalAws(Destination, bucket.Answer);
        await aws.Store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Governance }, Token);
        var changes = Changes(aws);

        var again = await aws.Store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Governance }, Token);

        Assert.All(again, step => Assert.Equal((step.Name, StoreStepStatus.AlreadySo), (step.Name, step.Status)));
        Assert.Equal(changes, Changes(aws));
    }

    [Fact]
    public async Task Rules_of_others_stay_as_they_are()
    {
        var bucket = AwsBucket.Usual(Others);
        var before = bucket.Rules;
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var steps = await aws.Store.PrepareAsync(Wanted, Token);

        Assert.Equal(StoreStepStatus.AlreadySo, steps.Single(step => step.Name == "Unfinished uploads").Status);
        Assert.Equal(before.Count + 2, bucket.Rules.Count);
        Assert.All(before, rule => Assert.Equal(Sorted(rule.Value), Sorted(bucket.Rules[rule.Key])));
    }

    [Fact]
    public async Task A_rule_that_moves_manifests_is_named_and_none_is_added_beside_it()
    {
        var bucket = AwsBucket.Usual("""<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>cold</ID><Filter><Prefix>nightly/</Prefix></Filter><Status>Enabled</Status><Transition><Days>10</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition></Rule></LifecycleConfiguration>""");
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var archive = (await aws.Store.PrepareAsync(Wanted, Token)).Single(step => step.Name == "Archive");

        Assert.Equal(StoreStepStatus.Refused, archive.Status);
        Assert.Contains("'cold'", archive.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("traf3li-backup-archive", bucket.Rules.Keys);
        Assert.Contains("cold", bucket.Rules.Keys);
    }

    [Fact]
    public async Task A_rule_for_the_tags_of_the_destination_moves_manifests_too_and_one_for_other_tags_nothing()
    {
        const string Rule = """<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>cold</ID><Filter><Tag><Key>class</Key><Value>cold</Value></Tag></Filter><Status>Enabled</Status><Transition><Days>10</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>""";
        await using var other = new LocalAws(Destination + "&tag.class=warm", AwsBucket.Usual(Rule).Answer);
        await using var same = new LocalAws(Destination + "&tag.class=cold", AwsBucket.Usual(Rule).Answer);

        Assert.Equal(StoreStepStatus.Done, (await other.Store.PrepareAsync(Wanted, Token)).Single(step => step.Name == "Archive").Status);
        Assert.Equal(StoreStepStatus.Refused, (await same.Store.PrepareAsync(Wanted, Token)).Single(step => step.Name == "Archive").Status);
    }

    [Fact]
    public async Task A_store_that_drops_the_limit_of_size_does_not_keep_the_rule()
    {
        var bucket = new AwsBucket { Settings = { ["lifecycle"] = Others }, Keep = (name, text) => name == "lifecycle" ? text.Replace("<ObjectSizeGreaterThan>67108864</ObjectSizeGreaterThan>", "", StringComparison.Ordinal) : text };
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var steps = await aws.Store.PrepareAsync(Wanted, Token);

        Assert.Equal(StoreStepStatus.Refused, steps.Single(step => step.Name == "Archive").Status);
        Assert.DoesNotContain("traf3li-backup-archive", bucket.Rules.Keys);
        Assert.Contains("all-together", bucket.Rules.Keys);
    }

    [Fact]
    public async Task A_store_that_spoils_the_rule_of_another_gets_it_back()
    {
        var bucket = new AwsBucket { Settings = { ["lifecycle"] = Others }, Keep = (name, text) => name == "lifecycle" && text.Contains("traf3li", StringComparison.Ordinal) ? text.Replace("<Prefix>docs/</Prefix>", "<Prefix></Prefix>", StringComparison.Ordinal) : text };
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var steps = await aws.Store.PrepareAsync(Wanted, Token);

        Assert.Equal(StoreStepStatus.Refused, steps.Single(step => step.Name == "Archive").Status);
        Assert.Contains("docs/", Flat(bucket.Rules["versions"]), StringComparison.Ordinal);
        Assert.Equal(6, bucket.Rules.Count);
    }

    [Fact]
    public async Task What_may_not_be_asked_is_not_changed_and_the_rest_goes_on()
    {
        var denied = new HttpAnswer(403, LocalAws.Error("AccessDenied", "User is not authorized to perform it"));
        var bucket = new AwsBucket { Refuse = (method, name) => (method, name) is ("GET", "lifecycle" or "encryption") or ("PUT", "versioning") ? denied : null };
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var steps = await aws.Store.PrepareAsync(Wanted, Token);

        Assert.Equal(["Encryption", "Versioning", "Lifecycle"], Named(steps, StoreStepStatus.Refused));
        Assert.All(steps.Where(step => step.Status == StoreStepStatus.Refused), step => Assert.Contains("s3:", step.Detail, StringComparison.Ordinal));
        Assert.Equal(["Public access"], Named(steps, StoreStepStatus.Done));
        Assert.Empty(bucket.Settings.Keys.Except(["publicAccessBlock"]));
    }

    [Fact]
    public async Task Object_Lock_that_can_not_be_switched_on_later_says_what_to_do()
    {
        var late = new HttpAnswer(409, LocalAws.Error("InvalidBucketState", "Object Lock configuration cannot be enabled on existing buckets"));
        var bucket = new AwsBucket { Refuse = (method, name) => (method, name) == ("PUT", "object-lock") ? late : null };
        await using var aws = new LocalAws(Destination, bucket.Answer);

        var step = (await aws.Store.PrepareAsync(Wanted with { ObjectLock = ObjectLockMode.Compliance }, Token)).Single(item => item.Name == "Object Lock");

        Assert.Equal(StoreStepStatus.Refused, step.Status);
        Assert.Contains("Create a new one with -ObjectLock", step.Detail, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Named(IEnumerable<StoreStep> steps, StoreStepStatus status) => steps.Where(step => step.Status == status).Select(step => step.Name);

    private static int Changes(LocalAws aws) => aws.Server.Requests.Count(request => request.Method is "PUT" or "DELETE" or "POST");

    private static void AssertRule(AwsBucket bucket, string name, params string[] parts)
    {
        var text = Flat(bucket.Rules["traf3li-backup-" + name]);
        Assert.All([.. parts, "<Status>Enabled</Status>"], part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    private static string Flat(XElement rule) => Strip(rule).ToString(SaveOptions.DisableFormatting);

    private static XElement Strip(XElement item) => new(item.Name.LocalName, item.HasElements ? item.Elements().Select(Strip) : item.Value);

    // The order of elements within a rule means nothing, nor do milliseconds of a date that has none.
    private static string Sorted(XElement rule) => Sort(rule).ToString(SaveOptions.DisableFormatting).Replace(":00.000Z<", ":00Z<", StringComparison.Ordinal);

    private static XElement Sort(XElement item) =>
        new(item.Name.LocalName, item.HasElements ? item.Elements().Select(Sort).OrderBy(part => part.ToString(), StringComparer.Ordinal) : item.Value);
}
