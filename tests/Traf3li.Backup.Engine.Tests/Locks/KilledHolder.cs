using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Locks;

/// <summary>A process that holds a lock and is killed.</summary>
public sealed class KilledHolder
{
    /// <summary>Runs it in a child and kills that.</summary>
    internal static Task RunAsync(string folder, CancellationToken cancellationToken) =>
        ChildTest.RunAndKillAsync(typeof(KilledHolder), nameof(Holds_until_killed), folder, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);

    [Fact(Explicit = true)]
    public async Task Holds_until_killed()
    {
        var token = TestContext.Current.CancellationToken;
        await using var store = new FileSystemStore(ChildTest.Folder, TimeProvider.System);
        await using var held = await new LockTaking(store, new LockOptions(), new RecordingReporter(), TimeProvider.System)
            .TakeAsync("mongodb-production", "Backup", TimeSpan.Zero, token);
        await ChildTest.WaitToBeKilledAsync(token);
    }
}
