using System.Diagnostics;
using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Dump;

/// <summary>
/// Finds a moment at which the server had just the collections that were listed: a list cannot be read of the past, so what was created
/// between the list and the moment would be missing in a backup of that moment.
/// </summary>
/// <param name="connection">The node that is read.</param>
/// <param name="list">Lists the chosen collections of all databases.</param>
internal sealed class SnapshotListing(MongoConnection connection, Func<CancellationToken, Task<IReadOnlyList<CollectionDescription>>> list)
{
    /// <summary>A server that changes its collections more often than they are listed is not waited for.</summary>
    private const int MostAttempts = 50;

    /// <summary>A set that has lost its majority can still be read as it was when it had one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Lists, and says at which moment that was right.</summary>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The collections, the moment, and whether it is certain that they were these then.</returns>
    public async Task<(IReadOnlyList<CollectionDescription> Listed, OplogPosition Moment, bool IsExact)> FindAsync(CancellationToken cancellationToken)
    {
        var listed = await list(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var (moment, isCurrent) = await ReadMomentAsync(cancellationToken).ConfigureAwait(false);
            var now = await list(cancellationToken).ConfigureAwait(false);
            var isSame = Identify(listed).SequenceEqual(Identify(now));
            if (isSame || !isCurrent || attempt == MostAttempts)
            {
                return (now, moment, isSame && isCurrent);
            }

            listed = now;
        }
    }

    private static IEnumerable<(string, string, string?)> Identify(IEnumerable<CollectionDescription> listed) =>
        listed.Where(item => !CollectionCatalog.IsTemporary(item.Name)).Select(item => (item.FullName, item.Type, item.StorageUuid));

    // What was listed may be newer than what a majority has; a snapshot is of the latter.
    private async Task<(OplogPosition Moment, bool IsCurrent)> ReadMomentAsync(CancellationToken cancellationToken)
    {
        var hello = await HelloAsync(cancellationToken).ConfigureAwait(false);
        if (connection.Topology != ServerTopology.ReplicaSet)
        {
            return (ToPosition(hello["$clusterTime"]["clusterTime"]), true);
        }

        var applied = ToPosition(hello["lastWrite"]["opTime"]["ts"]);
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var moment = ToPosition(hello["lastWrite"]["majorityOpTime"]["ts"]);
            if (moment >= applied || Stopwatch.GetElapsedTime(begun) > Patience)
            {
                return (moment, moment >= applied);
            }

            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
            hello = await HelloAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<BsonDocument> HelloAsync(CancellationToken cancellationToken) => connection.RunAsync("admin", new BsonDocument("hello", 1), cancellationToken);

    private static OplogPosition ToPosition(BsonValue timestamp) => OplogPosition.FromValue(timestamp.AsBsonTimestamp.Value);
}
