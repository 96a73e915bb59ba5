using System.Globalization;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Holds what a restore made on a scratch server against what was found in the backup.</summary>
internal sealed class ScratchComparison(MongoConnection scratch, ScratchNames names, BackupContents contents, ProblemList problems)
{
    private readonly CollectionCatalog _catalog = new(scratch);

    /// <summary>Compares every namespace: its documents, options and indexes.</summary>
    /// <param name="restored">The namespaces of the backup.</param>
    /// <param name="result">What the restore says of itself.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task CompareAsync(IReadOnlyList<RestoreNamespace> restored, RestoreResult result, CancellationToken cancellationToken)
    {
        var done = result.Namespace.ToDictionary(item => item.Name, StringComparer.Ordinal);
        foreach (var (database, name) in names.Databases)
        {
            var live = (await _catalog.ListAsync(name, withUsersAndRoles: false, cancellationToken).ConfigureAwait(false))
                .ToDictionary(item => item.Name, StringComparer.Ordinal);
            foreach (var item in restored.Where(item => item.Database == database))
            {
                if (live.TryGetValue(item.Collection, out var found))
                {
                    await CompareAsync(item, found, done.GetValueOrDefault(found.FullName), cancellationToken).ConfigureAwait(false);
                }
                else if (contents.Oplog?.MayChangeCatalog(database) != true)
                {
                    problems.Add($"{item.FullName}: it is missing after the restore.");
                }
            }
        }
    }

    /// <summary>Everything in the scratch databases under its name in the backup, counted.</summary>
    public async Task<IReadOnlyList<CriticalCandidate>> FindCandidatesAsync(CancellationToken cancellationToken)
    {
        var candidates = new List<CriticalCandidate>();
        foreach (var (database, name) in names.Databases)
        {
            foreach (var item in await _catalog.ListAsync(name, withUsersAndRoles: false, cancellationToken).ConfigureAwait(false))
            {
                var reply = await scratch.RunAsync(name, new BsonDocument("count", item.Name), cancellationToken).ConfigureAwait(false);
                candidates.Add(new CriticalCandidate(database, item.Name, reply["n"].ToInt64()));
            }
        }

        return candidates;
    }

    private async Task CompareAsync(RestoreNamespace item, CollectionDescription found, RestoredNamespace? restored, CancellationToken cancellationToken)
    {
        if (contents.Oplog?.MayChangeCatalog(item.Database) != true)
        {
            await CompareDefinitionAsync(item, found, cancellationToken).ConfigureAwait(false);
        }

        if (item.IsView || found.IsView)
        {
            return;
        }

        if (contents.Oplog?.MayChange(item.Database, item.Collection) == true)
        {
            // What the oplog made of it is recorded nowhere; that the restore verified it before then is what can be said.
            if (restored is null or { Verified: false, Type: "collection" })
            {
                problems.Add($"{item.FullName}: the restore could not verify what it inserted.");
            }

            return;
        }

        await CompareDocumentsAsync(item, found, cancellationToken).ConfigureAwait(false);
    }

    private async Task CompareDocumentsAsync(RestoreNamespace item, CollectionDescription found, CancellationToken cancellationToken)
    {
        if (contents.Find(item.Database, item.Collection) is not { } expected)
        {
            return;
        }

        var collection = found.IsTimeSeries ? CollectionCatalog.StorageName(found.Name, scratch.Version) : found.Name;
        var isRawData = found.IsTimeSeries && collection == found.Name;
        var live = await CollectionHasher.HashAsync(scratch, found.Database, collection, isRawData, cancellationToken).ConfigureAwait(false);
        if (live.Count != expected.Hash.Count)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture, $"{item.FullName}: {live.Count} documents are there after the restore, and the backup holds {expected.Hash.Count}."));
        }
        else if (expected.IsStoredAsIs && live.Sum != expected.Hash.Sum)
        {
            problems.Add($"{item.FullName}: the documents have the content hash {live.ToHex()} after the restore, and {expected.Hash.ToHex()} in the backup.");
        }
    }

    private async Task CompareDefinitionAsync(RestoreNamespace item, CollectionDescription found, CancellationToken cancellationToken)
    {
        if (found.Type != item.Type)
        {
            problems.Add($"{item.FullName}: it is a {found.Type} after the restore, and a {item.Type} in the backup.");
            return;
        }

        var options = BsonReading.ToDocument(found.Options);
        foreach (var option in CollectionCreator.Command(found.Name, item.Options, scratch.Version).Where(option => option.Name is not ("create" or "writeConcern")))
        {
            if (!Includes(options.GetValue(option.Name, BsonNull.Value), option.Value))
            {
                problems.Add($"{item.FullName}: its option {option.Name} is not the same after the restore.");
            }
        }

        var indexes = (await _catalog.WithIndexesAsync(found, cancellationToken).ConfigureAwait(false))?.Indexes ?? [];
        var present = indexes.Select(index => BsonReading.ToDocument(index)).ToDictionary(index => index["name"].AsString, StringComparer.Ordinal);
        foreach (var index in item.Indexes)
        {
            var name = index["name"].AsString;
            if (!present.TryGetValue(name, out var other))
            {
                problems.Add($"{item.FullName}: the index {name} is missing after the restore.");
            }
            else if (!IsSame(other, index))
            {
                problems.Add($"{item.FullName}: the index {name} is not the same after the restore.");
            }
        }
    }

    // What decides over queries and refused documents; servers write the rest of a specification in more than one way.
    private static bool IsSame(BsonDocument found, BsonDocument expected) =>
        found["key"].AsBsonDocument.Names.SequenceEqual(expected["key"].AsBsonDocument.Names, StringComparer.Ordinal)
        && Includes(found["key"], expected["key"])
        && found.GetValue("unique", false).ToBoolean() == expected.GetValue("unique", false).ToBoolean()
        && found.GetValue("partialFilterExpression", BsonNull.Value).Equals(expected.GetValue("partialFilterExpression", BsonNull.Value));

    // A newer server adds what it takes by default; what was there has to stay.
    private static bool Includes(BsonValue found, BsonValue expected) => expected switch
    {
        BsonDocument document => found is BsonDocument other && document.All(element => Includes(other.GetValue(element.Name, BsonNull.Value), element.Value)),
        { IsNumeric: true } => found.IsNumeric && found.ToDouble().Equals(expected.ToDouble()),
        _ => found.Equals(expected),
    };
}
