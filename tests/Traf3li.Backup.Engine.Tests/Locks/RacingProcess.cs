using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Stores;

namespace Traf3li.Backup.Engine.Tests.Locks;

/// <summary>One of two processes that race for a lock in a folder.</summary>
public sealed class RacingProcess
{
    /// <summary>Runs it in a child to its end.</summary>
    internal static Task RunAsync(string folder, CancellationToken cancellationToken) =>
        ChildTest.RunAsync(typeof(RacingProcess), nameof(Adds_a_hundred), folder, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);

    [Fact(Explicit = true)]
    public async Task Adds_a_hundred()
    {
        await using var store = new FileSystemStore(ChildTest.Folder, TimeProvider.System);
        await LockRace.AddAsync(store, 100, TestContext.Current.CancellationToken);
    }
}
