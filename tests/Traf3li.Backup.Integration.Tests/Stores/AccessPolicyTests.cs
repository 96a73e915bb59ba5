using System.Text.Json.Nodes;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores.S3.Setup;
using Traf3li.Backup.Integration.Tests.Health;
using Traf3li.Backup.Testing.Retention;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>
/// Users who have just the rights of a policy do what it is for, and are refused what others are for. Ceph takes the policies as one of the bucket.
/// </summary>
public sealed class AccessPolicyTests(Ceph18Fixture fixture)
{
    private const string Secret = "a-secret-of-the-test";

    private readonly string _bucket = $"rights-{Guid.NewGuid():N}";
    private readonly string _user = $"user{Guid.NewGuid():N}"[..16];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Path.GetTempPath();

    [Fact]
    public async Task Who_backs_up_can_back_up_list_and_test()
    {
        var (place, _) = await PrepareAsync(StorePolicy.Backup);
        await using var redis = await StartAsync(place);

        var backup = await place.BackupAsync(BackupSource.Redis);
        Assert.True((await place.TestAsync(backup)).IsValid);

        Assert.Equal([backup.Key], (await ListAsync(place)).Select(item => item.Key));
        Assert.Empty(place.Reporter.Warnings);
        await using var beside = S3Stores.OpenAs(place["BACKUP_DESTINATION"]!.Replace("/p?", "/q?", StringComparison.Ordinal), _user, Secret);
        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => new StoreSample(beside).PutAsync(StoreSample.Ago(1)));
    }

    [Fact]
    public async Task Who_restores_can_restore_list_and_test_and_changes_no_backup()
    {
        var (place, owner) = await PrepareAsync(StorePolicy.Restore);
        await using var redis = await StartAsync(owner);
        var backup = await owner.BackupAsync(BackupSource.Redis);
        await redis.RunAsync("SET key other");
        place["REDIS_URL"] = redis.Uri;

        var result = await place.Engine.RestoreAsync(new RestoreOptions { WorkingDirectory = Folder, Backup = backup, NoSafetyBackup = true }, place.Reporter, Token);
        Assert.True((await place.TestAsync(backup)).IsValid);

        Assert.Empty(result.Warning);
        Assert.Empty(place.Reporter.Warnings);
        Assert.Equal("value", await redis.RunAsync("GET key"));
        await RequireRefusedAsync(place, backup.Key, mayBackUp: false, mayRemove: false, mayProtect: false);
        Assert.Equal([backup.Key], (await ListAsync(owner)).Select(item => item.Key));
    }

    [Fact]
    public async Task Who_removes_can_remove_what_has_expired_and_writes_no_backup()
    {
        var (place, owner) = await PrepareAsync(StorePolicy.Retention);
        var keys = await FillAsync(owner);

        var removed = await RemoveAsync(place);

        Assert.Equal(keys.Skip(2).Order(StringComparer.Ordinal), removed.Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.Empty(place.Reporter.Warnings);
        Assert.Equal(2, (await ListAsync(place)).Count);
        await RequireRefusedAsync(place, keys[0], mayBackUp: false, mayRemove: true, mayProtect: false);
    }

    [Fact]
    public async Task Who_protects_can_hold_backups_and_lift_holds_and_no_more()
    {
        var (place, owner) = await PrepareAsync(StorePolicy.Protection);
        var keys = await FillAsync(owner);
        var hold = new HoldOptions { WorkingDirectory = Folder, Key = keys[3], Reason = "audit" };

        await place.Engine.ProtectAsync(hold, place.Reporter, Token);
        Assert.DoesNotContain(keys[3], (await RemoveAsync(owner)).Select(item => item.Key));
        Assert.Equal("audit", (await place.Engine.UnprotectAsync(hold, place.Reporter, Token))?.Reason);

        Assert.Empty(place.Reporter.Warnings);
        await RequireRefusedAsync(place, keys[0], mayBackUp: false, mayRemove: false, mayProtect: true);
    }

    private static async Task<RedisServer> StartAsync(HealthPlace place)
    {
        var redis = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Lines = ["repl-diskless-sync yes", "repl-diskless-sync-delay 0"] });
        await redis.RunAsync("SET key value");
        place["REDIS_URL"] = redis.Uri;
        return redis;
    }

    /// <summary>Puts four daily backups, newest first, two of which are too many.</summary>
    private static async Task<IReadOnlyList<string>> FillAsync(HealthPlace owner)
    {
        await using var store = S3Stores.OpenAs(owner["BACKUP_DESTINATION"]!, owner["AWS_ACCESS_KEY_ID"]!, owner["AWS_SECRET_ACCESS_KEY"]!);
        var keys = new List<string>();
        foreach (var day in Enumerable.Range(1, 4))
        {
            keys.Add(await new StoreSample(store).PutAsync(StoreSample.Ago(day)));
        }

        return keys;
    }

    private static async Task<IReadOnlyList<BackupInfo>> ListAsync(HealthPlace place) =>
        await place.Engine.ListAsync(new BackupQuery { WorkingDirectory = Folder }, place.Reporter, Token).ToListAsync(Token);

    private static async Task<IReadOnlyList<RemovedBackup>> RemoveAsync(HealthPlace place) =>
        await place.Engine.RemoveExpiredAsync(new RetentionOptions { WorkingDirectory = Folder, KeepDaily = 2, Force = true }, place.Reporter, Token).ToListAsync(Token);

    private static async Task RequireRefusedAsync(HealthPlace place, string key, bool mayBackUp, bool mayRemove, bool mayProtect)
    {
        await using var store = S3Stores.OpenAs(place["BACKUP_DESTINATION"]!, place["AWS_ACCESS_KEY_ID"]!, place["AWS_SECRET_ACCESS_KEY"]!);
        await RequireAsync(mayBackUp, () => new StoreSample(store).PutAsync(StoreSample.Ago(0)));
        await RequireAsync(mayRemove, () => RemoveAsync(place));
        await RequireAsync(mayProtect, () => place.Engine.ProtectAsync(new HoldOptions { WorkingDirectory = Folder, Key = key, Reason = "test" }, place.Reporter, Token));
        await RequireAsync(mayRemove, () => store.DeleteAsync(key, Token));
    }

    private static async Task RequireAsync(bool isAllowed, Func<Task> work)
    {
        var failure = await Record.ExceptionAsync(work);
        Assert.True(isAllowed ? failure is null : failure is StoreAccessDeniedException, $"{failure}");
    }

    private async Task<(HealthPlace Place, HealthPlace Owner)> PrepareAsync(StorePolicy policy)
    {
        if (await fixture.GetAsync() is not CephServer ceph)
        {
            Assert.Skip("Only a server of the test's own can have users made.");
            throw new InvalidOperationException();
        }

        var destination = $"s3://{_bucket}/p?endpoint={ceph.Endpoint}&tag.team=ops";
        await ceph.CreateUserAsync(_user, Secret, Token);
        using var owner = ceph.CreateClient();
        await owner.PutBucketAsync(_bucket, Token);
        await owner.PutBucketPolicyAsync(_bucket, ForUser(AccessPolicies.Describe(policy, (S3Destination)Destination.Parse(destination, "/"), null)), Token);
        return (Open(_user, Secret), Open(ceph.AccessKeyId, ceph.SecretAccessKey));

        HealthPlace Open(string user, string secret) => new(("BACKUP_DESTINATION", destination), ("AWS_ACCESS_KEY_ID", user), ("AWS_SECRET_ACCESS_KEY", secret));
    }

    // In Ceph what another user has written is that user's own, so the owner of the bucket needs a statement too.
    private string ForUser(string policy)
    {
        var parsed = JsonNode.Parse(policy)!;
        foreach (var statement in parsed["Statement"]!.AsArray())
        {
            statement!["Principal"] = Principal(_user);
        }

        parsed["Statement"]!.AsArray().Add(new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = Principal(CephServer.Owner),
            ["Action"] = "s3:*",
            ["Resource"] = new JsonArray($"arn:aws:s3:::{_bucket}", $"arn:aws:s3:::{_bucket}/*"),
        });
        return parsed.ToJsonString();
    }

    private static JsonObject Principal(string user) => new() { ["AWS"] = $"arn:aws:iam:::user/{user}" };
}
