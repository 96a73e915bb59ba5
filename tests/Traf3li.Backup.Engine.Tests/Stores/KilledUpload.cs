using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Stores;

/// <summary>An upload to a folder whose process is killed.</summary>
public sealed class KilledUpload
{
    internal const string Key = "killed";

    /// <summary>Runs it in a child and kills that.</summary>
    internal static Task RunAsync(string folder, CancellationToken cancellationToken) =>
        ChildTest.RunAndKillAsync(typeof(KilledUpload), nameof(Writes_until_killed), folder, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);

    [Fact(Explicit = true)]
    public async Task Writes_until_killed()
    {
        var token = TestContext.Current.CancellationToken;
        await using var store = new FileSystemStore(ChildTest.Folder, TimeProvider.System);
        await using var upload = await store.BeginUploadAsync(Key, new UploadOptions(), token);
        await upload.WriteAsync(new byte[100_000], token);
        await ChildTest.WaitToBeKilledAsync(token);
    }
}
