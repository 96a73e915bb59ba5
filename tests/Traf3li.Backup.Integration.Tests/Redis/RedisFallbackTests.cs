using System.Net;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Restores and tests from the second of two destinations, as a user runs them.</summary>
public sealed class RedisFallbackTests(Ceph18Fixture ceph18)
{
    // Nothing listens on the first port.
    private const string Closed = "s3://nowhere/p?endpoint=http://127.0.0.1:1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task What_is_damaged_in_the_first_is_restored_from_the_second_and_the_safety_backup_goes_to_the_first(bool isBucket, bool isManifest)
    {
        using var trip = new RedisRoundTrip();
        await using var server = await RedisRoundTrip.FilledAsync();
        var backup = await trip.BackUpAsync(server);
        using var second = new TemporaryFolder();
        var (destination, login) = isBucket ? await BucketAsync() : (second.Path, null);
        await CopyAsync(trip, backup.Key, destination, login);
        var state = await RedisRoundTrip.StateAsync(server);
        await File.WriteAllTextAsync(Path.Join(trip.Folder.Path, isManifest ? BackupKey.ManifestOf(backup.Key) : backup.Key), "{}", Token);

        var result = await trip.RestoreAsync(backup, server.Uri, options => options with { Fallback = [destination], DestinationCredential = login, NoSafetyBackup = false });

        Assert.Equal(state, await RedisRoundTrip.StateAsync(server));
        Assert.NotEqual(trip.Folder.Path, result.Backup.Destination);
        Assert.True(File.Exists(Path.Join(trip.Folder.Path, result.SafetyBackupKey)));
        Assert.Contains(trip.Reporter.Warnings, warning => warning.Contains($"{backup.Key} is read from ", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.GetFiles(Path.Join(trip.Folder.Path, "backups", ".history"), "*restore*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Where_the_first_is_down_everything_is_in_the_second()
    {
        using var trip = new RedisRoundTrip();
        await using var server = await RedisRoundTrip.FilledAsync();
        var backup = await trip.BackUpAsync(server);
        var state = await RedisRoundTrip.StateAsync(server);
        var listed = backup with { Destination = null };
        var login = new NetworkCredential("id", "secret");

        var result = await trip.RestoreAsync(
            listed, server.Uri, options => options with { Destination = Closed, Fallback = [trip.Folder.Path], DestinationCredential = login, NoSafetyBackup = false });

        Assert.Equal(state, await RedisRoundTrip.StateAsync(server));
        Assert.Equal(trip.Folder.Path, result.Backup.Destination);
        Assert.True(File.Exists(Path.Join(trip.Folder.Path, result.SafetyBackupKey)));
        Assert.All(trip.Reporter.Warnings.Where(warning => warning.Contains("cannot be reached", StringComparison.Ordinal)), warning => Assert.Contains("127.0.0.1:1", warning, StringComparison.Ordinal));
    }

    private static async Task CopyAsync(RedisRoundTrip trip, string key, string destination, NetworkCredential? login)
    {
        var options = new CopyOptions { WorkingDirectory = trip.Folder.Path, Destination = trip.Folder.Path, To = destination, ToCredential = login, Key = [key] };
        await foreach (var copy in new BackupEngine().CopyAsync(options, trip.Reporter, Token))
        {
            Assert.Equal(CopyStatus.Copied, copy.Status);
        }
    }

    private async Task<(string Destination, NetworkCredential Login)> BucketAsync()
    {
        var server = await ceph18.GetAsync();
        return (server.NewDestination(), new NetworkCredential(server.AccessKeyId, server.SecretAccessKey));
    }
}
