using System.Diagnostics;
using Amazon.S3;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>What a user is told when the destination says no.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class StoreErrorTests(MongoFixture mongo, Ceph18Fixture ceph) : IDisposable
{
    private const string BackUp = "New-Traf3liBackup -Uri $args[0] -Destination $args[1]";
    private const string WithKeys = BackUp + " -DestinationCredential ([pscredential]::new($args[2], (ConvertTo-SecureString $args[3] -AsPlainText -Force)))";
    private const string WrongSecret = "wr0ng-secret-key";

    private readonly ModuleSession _session = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-stores-").FullName;

    [Fact]
    public async Task A_folder_that_may_not_be_written()
    {
        var server = await mongo.GetAsync();
        using var disk = new MountedDisk(_folder, "8m");
        disk.MakeReadOnly();
        ReportedError.Expect(_session, "StoreAccessDenied", _folder, "Grant", null, BackUp, server.Uri, _folder);
    }

    [Fact]
    public async Task A_disk_that_is_full()
    {
        var server = await mongo.GetAsync();
        await FillAsync(server);
        using var disk = new MountedDisk(_folder, "1m");
        ReportedError.Expect(_session, "DiskFull", "No space is left", "Free space", null, BackUp + " -Compression None", $"{server.Uri[..server.Uri.IndexOf('?')]}full{server.Uri[server.Uri.IndexOf('?')..]}", _folder);
        Assert.Empty(_session.Run("Get-Traf3liBackup -Destination $args[0]", _folder));
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist()
    {
        var (server, uri) = await GetAsync();
        var destination = $"s3://no-such-bucket?endpoint={server.Endpoint.GetLeftPart(UriPartial.Authority)}";
        ReportedError.Expect(_session, "StoreNotFound", "no-such-bucket", "BACKUP_S3_BUCKET", server.SecretAccessKey, WithKeys, uri, destination, server.AccessKeyId, server.SecretAccessKey);
    }

    [Fact]
    public async Task A_wrong_secret_key()
    {
        var (server, uri) = await GetAsync();
        ReportedError.Expect(_session, "StoreAccessDenied", "secret key does not belong", "-DestinationCredential", WrongSecret, WithKeys, uri, server.Destination, server.AccessKeyId, WrongSecret);
    }

    [Fact]
    public async Task An_unknown_access_key()
    {
        var (server, uri) = await GetAsync();
        ReportedError.Expect(_session, "StoreAccessDenied", "does not know the access key id", "-DestinationCredential", WrongSecret, WithKeys, uri, server.Destination, "nobody", WrongSecret);
    }

    [Fact]
    public async Task A_bucket_whose_policy_forbids_writing()
    {
        var (server, uri) = await GetAsync();
        using var client = server.CreateClient();
        await client.PutBucketAsync("read-only");
        await client.PutBucketPolicyAsync("read-only", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::read-only/*"}]}
            """);
        var destination = $"s3://read-only?endpoint={server.Endpoint.GetLeftPart(UriPartial.Authority)}";
        ReportedError.Expect(_session, "StoreAccessDenied", "s3:PutObject", "Grant s3:PutObject", server.SecretAccessKey, WithKeys, uri, destination, server.AccessKeyId, server.SecretAccessKey);
    }

    [Fact]
    public async Task A_store_that_does_not_answer()
    {
        var server = await mongo.GetAsync();
        ReportedError.Expect(
            _session, "StoreUnreachable", "127.0.0.1", "host name, the port", WrongSecret, WithKeys, server.Uri, $"s3://bucket?endpoint=http://127.0.0.1:{FreePort.Next()}", "key", WrongSecret);
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task FillAsync(MongoServer server) => server.Database("full").GetCollection<MongoDB.Bson.BsonDocument>("large").InsertManyAsync(
        Enumerable.Range(0, 40).Select(number => new MongoDB.Bson.BsonDocument { { "_id", number }, { "bytes", new byte[100_000] } }));

    private async Task<(CephServer Server, string Uri)> GetAsync()
    {
        var server = await mongo.GetAsync();
        if (await ceph.GetAsync() is not CephServer own)
        {
            Assert.Skip("These errors are provoked on a server of the test's own only.");
            throw new UnreachableException();
        }

        return (own, server.Uri);
    }
}
