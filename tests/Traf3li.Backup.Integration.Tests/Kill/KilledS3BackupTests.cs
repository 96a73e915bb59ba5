using System.Net;
using Amazon.S3.Model;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Integration.Tests.Stores;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>To Ceph.</summary>
public sealed class KilledS3BackupTests(ReplicaSet6 fixture, Ceph18Fixture ceph) : KilledBackupTests(fixture), IClassFixture<ReplicaSet6>
{
    private protected override async Task<BackupPlace> OpenAsync(string folder)
    {
        var server = await ceph.GetAsync();
        var destination = server.NewDestination();
        var (raw, parsed) = S3Stores.Raw(server, destination);
        return new BackupPlace(destination, new NetworkCredential(server.AccessKeyId, server.SecretAccessKey), S3Stores.Open(server, destination), async () =>
        {
            var page = await raw.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = parsed.Bucket, Prefix = parsed.Prefix });
            return page.MultipartUploads?.Count ?? 0;
        });
    }
}
