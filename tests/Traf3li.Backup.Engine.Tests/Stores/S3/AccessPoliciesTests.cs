using System.Text.Json;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores.S3.Setup;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>The policies are valid JSON in the language of IAM (IAM user guide, "IAM JSON policy elements reference").</summary>
public sealed class AccessPoliciesTests
{
    public static TheoryData<StorePolicy> Policies => [.. Enum.GetValues<StorePolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Each_names_actions_on_this_bucket_and_prefix_only(StorePolicy policy)
    {
        using var document = Describe(policy, "s3://shop/nightly?region=eu-central-1");

        Assert.Equal("2012-10-17", document.RootElement.GetProperty("Version").GetString());
        Assert.All(Statements(document), statement =>
        {
            Assert.Matches("^[A-Za-z0-9]+$", statement.GetProperty("Sid").GetString());
            Assert.Equal("Allow", statement.GetProperty("Effect").GetString());
            Assert.All(statement.GetProperty("Action").EnumerateArray(), action => Assert.Matches("^s3:[A-Za-z]+$", action.GetString()));
            Assert.All(statement.GetProperty("Resource").EnumerateArray(), resource => Assert.True(resource.GetString() is "arn:aws:s3:::shop" || resource.GetString()!.StartsWith("arn:aws:s3:::shop/nightly/backups/", StringComparison.Ordinal)));
        });
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Who_writes_with_tags_may_set_them_and_who_uses_a_key_may_use_it(StorePolicy policy)
    {
        using var document = Describe(policy, "s3://shop/nightly?tag.team=ops", "0f3d");

        var writing = Statements(document).Where(statement => Actions(statement).Contains("s3:PutObject")).ToList();
        Assert.NotEmpty(writing);
        Assert.All(writing, statement => Assert.Contains("s3:PutObjectTagging", Actions(statement)));
        Assert.Equal(["arn:aws:kms:*:*:key/0f3d"], Statements(document)[^1].GetProperty("Resource").EnumerateArray().Select(item => item.GetString()));
    }

    [Theory]
    [InlineData(StorePolicy.Backup, true, true, false)]
    [InlineData(StorePolicy.Restore, false, false, false)]
    [InlineData(StorePolicy.Retention, false, true, false)]
    [InlineData(StorePolicy.Protection, false, false, true)]
    public void Backups_are_written_removed_and_locked_only_by_those_who_should(StorePolicy policy, bool mayWrite, bool mayRemove, bool mayLock)
    {
        using var document = Describe(policy, "s3://shop");

        var onBackups = Statements(document).Where(statement => statement.GetProperty("Resource")[0].GetString() == "arn:aws:s3:::shop/backups/*").SelectMany(Actions).ToHashSet(StringComparer.Ordinal);
        Assert.Equal((mayWrite, mayRemove, mayLock), (onBackups.Contains("s3:PutObject"), onBackups.Contains("s3:DeleteObject"), onBackups.Contains("s3:PutObjectLegalHold")));
        Assert.DoesNotContain("s3:DeleteObjectVersion", Statements(document).SelectMany(Actions));
    }

    private static JsonDocument Describe(StorePolicy policy, string destination, string? key = null) =>
        JsonDocument.Parse(AccessPolicies.Describe(policy, (S3Destination)Destination.Parse(destination, "/"), key));

    private static List<JsonElement> Statements(JsonDocument document) => [.. document.RootElement.GetProperty("Statement").EnumerateArray()];

    private static IEnumerable<string> Actions(JsonElement statement) => statement.GetProperty("Action").EnumerateArray().Select(action => action.GetString()!);
}
