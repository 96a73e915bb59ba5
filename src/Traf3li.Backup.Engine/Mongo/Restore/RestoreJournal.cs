using System.Collections.Concurrent;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Processes;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// What a restore has under way, kept on the target itself so that any later run finds it: a document in the collection
/// <c>traf3li.restore.journal</c> of the first database that it writes. While state is <c>staging</c>, live data is untouched and the
/// staged collections can be dropped; once it is <c>finishing</c>, everything was verified and the steps left must be done.
/// </summary>
internal sealed class RestoreJournal : IAsyncDisposable
{
    /// <summary>The collection.</summary>
    public const string CollectionName = CollectionCatalog.RestorePrefix + "journal";

    public const string Staging = "staging";
    public const string Finishing = "finishing";

    /// <summary>How long a claim holds after its last renewal; a process that was killed on another machine blocks for so long.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(15);

    // A process lives on after one of its restores has failed; then its claim is void all the same.
    private static readonly ConcurrentDictionary<string, bool> RunningHere = new(StringComparer.Ordinal);

    private readonly MongoConnection _connection;
    private readonly string _database;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewal;

    private RestoreJournal(MongoConnection connection, string database, string id, TimeProvider time)
    {
        _connection = connection;
        _database = database;
        Id = id;
        RunningHere[id] = true;
        _renewal = Task.Run(() => RenewAsync(time, _stop.Token), CancellationToken.None);
    }

    /// <summary>The restore's identifier: 12 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>How the names of this restore's staged collections begin.</summary>
    public string StagingPrefix => StagingPrefixOf(Id);

    public static string StagingPrefixOf(string id) => $"{CollectionCatalog.RestorePrefix}{id}.";

    /// <summary>Begins a journal in the first of the databases.</summary>
    public static async Task<RestoreJournal> BeginAsync(
        MongoConnection connection, IReadOnlyList<string> databases, string backupKey, bool inPlace, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("n")[..12];
        var entry = new BsonDocument
        {
            { "_id", id },
            { "state", Staging },
            { "backup", backupKey },
            { "databases", new BsonArray(databases) },
            { "inPlace", inPlace },
            { "owner", RestoreJournalEntry.ToDocument(RestoreOwner.Current()) },
        };
        await UpdateAsync(connection, databases[0], id, entry, upsert: true, cancellationToken).ConfigureAwait(false);
        return new RestoreJournal(connection, databases[0], id, time);
    }

    /// <summary>Every journal in these databases, as far as this user may look: a restore of theirs has none where they may not.</summary>
    public static async Task<IReadOnlyList<RestoreJournalEntry>> FindAsync(
        MongoConnection connection, IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        var found = new List<RestoreJournalEntry>();
        foreach (var database in databases)
        {
            // The server's own clock decides whether a claim has expired.
            var command = new BsonDocument
            {
                { "aggregate", CollectionName },
                { "pipeline", new BsonArray { new BsonDocument("$addFields", new BsonDocument("expired", new BsonDocument("$lt", new BsonArray { "$expires", "$$NOW" }))) } },
                { "cursor", new BsonDocument() },
            };
            try
            {
                var reply = await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
                found.AddRange(reply["cursor"]["firstBatch"].AsBsonArray.Select(item => RestoreJournalEntry.Read(database, item.AsBsonDocument)));
            }
            catch (NotAuthorizedException)
            {
                // The server lists a database to whoever may read but one collection of it.
            }
        }

        return found;
    }

    /// <summary>Removes an entry, and the collection with the last one.</summary>
    public static async Task RemoveAsync(MongoConnection connection, string database, string id, CancellationToken cancellationToken)
    {
        var remove = new BsonDocument
        {
            { "delete", CollectionName },
            { "deletes", new BsonArray { new BsonDocument { { "q", new BsonDocument("_id", id) }, { "limit", 1 } } } },
            { "writeConcern", new BsonDocument("w", "majority") },
        };
        await connection.RunAsync(database, remove, cancellationToken).ConfigureAwait(false);
        var left = await connection.RunAsync(database, new BsonDocument("count", CollectionName), cancellationToken).ConfigureAwait(false);
        if (left["n"].ToInt64() == 0)
        {
            await CollectionCreator.DropAsync(connection, database, CollectionName, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records that the restore writes other databases too, before it does.</summary>
    public Task SetDatabasesAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken) =>
        UpdateAsync(_connection, _database, Id, new BsonDocument("databases", new BsonArray(databases)), upsert: false, cancellationToken);

    /// <summary>Records the last steps. From here on the restore is finished, by this run or the next.</summary>
    public Task BeginFinishingAsync(IReadOnlyList<FinishStep> steps, CancellationToken cancellationToken)
    {
        var change = new BsonDocument { { "state", Finishing }, { "steps", new BsonArray(steps.Select(step => step.ToDocument())) } };
        return UpdateAsync(_connection, _database, Id, change, upsert: false, cancellationToken);
    }

    /// <summary>Removes the journal: nothing is under way any more.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await StopRenewalAsync().ConfigureAwait(false);
        await RemoveAsync(_connection, _database, Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a restore of this process is at work under this identifier.</summary>
    public static bool IsRunningHere(string id) => RunningHere.ContainsKey(id);

    public async ValueTask DisposeAsync()
    {
        RunningHere.TryRemove(Id, out _);
        await StopRenewalAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static async Task UpdateAsync(
        MongoConnection connection, string database, string id, BsonDocument change, bool upsert, CancellationToken cancellationToken)
    {
        var set = new BsonDocument("$set", new BsonDocument("expires", new BsonDocument("$add", new BsonArray { "$$NOW", (long)Lease.TotalMilliseconds })));
        var pipeline = new BsonArray { set };
        if (change.ElementCount > 0)
        {
            pipeline.Insert(0, new BsonDocument("$set", new BsonDocument(change.Select(field => new BsonElement(field.Name, new BsonDocument("$literal", field.Value))))));
        }

        var command = new BsonDocument
        {
            { "update", CollectionName },
            { "updates", new BsonArray { new BsonDocument { { "q", new BsonDocument("_id", id) }, { "u", pipeline }, { "upsert", upsert } } } },
            { "writeConcern", new BsonDocument("w", "majority") },
        };
        var reply = await connection.RunAsync(database, command, cancellationToken).ConfigureAwait(false);
        if (reply.TryGetValue("writeErrors", out var errors))
        {
            throw new ServerFailedException("update", $"{database}.{CollectionName}", errors[0]["errmsg"].AsString);
        }
    }

    private async Task RenewAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RenewalInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await UpdateAsync(_connection, _database, Id, [], upsert: false, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException)
            {
                // An election takes seconds, the lease is a minute: the next tick tries again.
            }
        }
    }

    private async Task StopRenewalAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)_renewal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
