using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>A lock that has not been given back.</summary>
/// <param name="Name">Its name, such as <c>mongodb-production</c>.</param>
/// <param name="Text">What stands in it.</param>
/// <param name="Stored">When it was last renewed, UTC by the store's clock.</param>
/// <param name="HasHolderEnded">Whether its holder was a process of this machine that has certainly ended.</param>
internal sealed record LockFacts(string Name, LockText Text, DateTime Stored, bool HasHolderEnded)
{
    private const string Suffix = ".json";

    /// <summary>Reads the locks of a store that are held.</summary>
    public static async Task<IReadOnlyList<LockFacts>> ReadAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var item in store.ListAsync(LockObject.Folder, cancellationToken).ConfigureAwait(false))
        {
            if (item.Key.EndsWith(Suffix, StringComparison.Ordinal))
            {
                names.Add(item.Key[LockObject.Folder.Length..^Suffix.Length]);
            }
        }

        var found = await Task.WhenAll(names.Take(1000).Select(name => ReadAsync(store, name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<LockFacts>()];
    }

    private static async Task<LockFacts?> ReadAsync(IObjectStore store, string name, CancellationToken cancellationToken) =>
        await new LockObject(store, name).ReadAsync(cancellationToken).ConfigureAwait(false) is (var stored, { IsReleased: false } text)
            ? new LockFacts(name, text, stored.LastModified, text.Holder.HasCertainlyEnded())
            : null;
}
