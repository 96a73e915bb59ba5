using System.Net;
using Amazon.S3;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>Opens S3 stores on a test server, as the engine does.</summary>
internal static class S3Stores
{
    /// <summary>Quick retries, so that tests of failures end soon.</summary>
    public static readonly RetryOptions QuickRetries = new() { FirstDelay = TimeSpan.FromMilliseconds(20), Budget = TimeSpan.FromSeconds(20) };

    public static EngineSettings Settings(string destination, string accessKeyId, string secretAccessKey) => SettingsResolver.Resolve(
        new BackupQuery { WorkingDirectory = Path.GetTempPath(), Destination = destination, DestinationCredential = new NetworkCredential(accessKeyId, secretAccessKey) },
        new NoEnvironment());

    public static S3Store Open(S3TestServer server, string destination, IEngineReporter? reporter = null, S3StoreOptions? options = null, string? secret = null) =>
        OpenAs(destination, server.AccessKeyId, secret ?? server.SecretAccessKey, reporter, options);

    public static S3Store OpenAs(string destination, string accessKeyId, string secret, IEngineReporter? reporter = null, S3StoreOptions? options = null)
    {
        var settings = Settings(destination, accessKeyId, secret);
        var bucket = (S3Destination)settings.Destination;
        var client = new S3Client(bucket, S3ClientFactory.Create(bucket, settings), QuickRetries, reporter ?? new RecordingReporter(), TimeProvider.System);
        return new S3Store(client, S3Encryption.Decide(bucket, settings), options ?? new S3StoreOptions());
    }

    /// <summary>A client of the SDK on the same destination, for what a test arranges and looks at.</summary>
    public static (AmazonS3Client Client, S3Destination Destination) Raw(S3TestServer server, string destination)
    {
        var parsed = (S3Destination)Destination.Parse(destination, "/");
        return (S3ClientFactory.Create(parsed, Settings(destination, server.AccessKeyId, server.SecretAccessKey)), parsed);
    }

    private sealed class NoEnvironment : IEnvironment
    {
        public string? Get(string name) => null;
    }
}
