using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

/// <summary>An upload to S3 whose process is killed.</summary>
public sealed class KilledS3Upload
{
    internal const string Key = "killed";
    internal const string Destination = "TRAF3LI_TEST_CHILD_DESTINATION";

    /// <summary>What the child needs to know.</summary>
    internal static Dictionary<string, string> Environment(S3TestServer server, string destination) => new(StringComparer.Ordinal)
    {
        [Destination] = destination,
        ["AWS_ACCESS_KEY_ID"] = server.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = server.SecretAccessKey,
    };

    [Fact(Explicit = true)]
    public async Task Uploads_until_killed()
    {
        var token = TestContext.Current.CancellationToken;
        var options = new BackupQuery { WorkingDirectory = ChildTest.Folder, Destination = System.Environment.GetEnvironmentVariable(Destination) };
        var settings = SettingsResolver.Resolve(options, new ProcessEnvironment());
        await using var store = await StoreFactory.OpenAsync(settings.Destination, settings, new RecordingReporter(), TimeProvider.System, token);
        await using var upload = await store.BeginUploadAsync(Key, new UploadOptions(), token);
        await upload.WriteAsync(new byte[40_000_000], token);
        await ChildTest.WaitToBeKilledAsync(token);
    }
}
