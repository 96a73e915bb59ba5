using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>A database in two states that differ in every collection, and in which collections there are.</summary>
internal sealed class ShopBeforeAndAfter(MongoServer server)
{
    public const string Name = "shop";
    public const string Series = "readings";
    private const int Collections = 7;
    private const int Documents = 300;
    private const string RestorePrefix = "traf3li.restore.";

    /// <summary>Replaces the database by one of the states.</summary>
    public async Task FillAsync(string state)
    {
        await server.Client.DropDatabaseAsync(Name);
        var database = server.Database(Name);
        foreach (var name in Enumerable.Range(0, Collections).Select(number => $"c{number:00}").Append("only-" + state))
        {
            var collection = database.GetCollection<BsonDocument>(name);

            // Before the documents: building an index over them takes the server a hundred times as long.
            var index = new BsonDocument { { "name", $"by {state}" }, { "key", new BsonDocument(state == "before" ? "text" : "state", 1) } };
            await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", name }, { "indexes", new BsonArray { index } } });
            await collection.InsertManyAsync(Enumerable.Range(0, Documents).Select(id => new BsonDocument { { "_id", id }, { "state", state }, { "text", $"{state} {name} {id} {new string('x', 300)}" } }));
        }

        await database.CreateCollectionAsync(Series, new CreateCollectionOptions { TimeSeriesOptions = new TimeSeriesOptions("at", "sensor") });
        await database.GetCollection<BsonDocument>(Series).InsertManyAsync(Enumerable.Range(0, Documents).Select(
            id => new BsonDocument { { "_id", id }, { "at", DateTime.UnixEpoch.AddMinutes(id) }, { "sensor", $"{state} {id % 20}" }, { "value", id } }));
        await database.CreateViewAsync<BsonDocument, BsonDocument>("view", "c00", new[] { new BsonDocument("$match", new BsonDocument("_id", state == "before" ? 1 : 2)) });
    }

    /// <summary>
    /// What a user sees: everything but the buckets behind the time series, and what restores keep for themselves. Of a view its definition: what
    /// it shows follows from another collection.
    /// </summary>
    public async Task<SortedDictionary<string, string>> ReadAsync()
    {
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, state) in await ReadAllAsync())
        {
            if (!name.StartsWith($"{Name}.{RestorePrefix}", StringComparison.Ordinal) && !name.StartsWith($"{Name}.system.buckets.", StringComparison.Ordinal))
            {
                seen[name] = (string?)state["type"] == "view" ? state["options"]!.ToJsonString() : state.ToJsonString();
            }
        }

        return seen;
    }

    /// <summary>What restores have left.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync() =>
        [.. (await (await server.Database(Name).ListCollectionNamesAsync()).ToListAsync()).Where(name => name.Contains(RestorePrefix, StringComparison.Ordinal))];

    /// <summary>Whether a restore had begun to put its collections into place.</summary>
    public async Task<bool> IsFinishingAsync() =>
        await server.Database(Name).GetCollection<BsonDocument>(RestorePrefix + "journal").Find(new BsonDocument("state", "finishing")).AnyAsync();

    /// <summary>Waits until the server runs nothing more for a process that is gone.</summary>
    public async Task WaitUntilQuietAsync()
    {
        var admin = server.Client.GetDatabase("admin");
        var command = BsonDocument.Parse("{aggregate: 1, pipeline: [{$currentOp: {allUsers: true}}, {$match: {active: true, appName: 'Traf3li.Backup', op: {$ne: 'none'}, 'command.hello': {$exists: false}}}], cursor: {}}");
        while ((await admin.RunCommandAsync<BsonDocument>(command))["cursor"]["firstBatch"].AsBsonArray.Count > 0)
        {
            await Task.Yield();
        }
    }

    private Task<SortedDictionary<string, JsonObject>> ReadAllAsync() => ServerState.ReadAsync(server.Client, Name);
}
