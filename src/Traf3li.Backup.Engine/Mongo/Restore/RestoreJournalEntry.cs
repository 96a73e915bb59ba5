using MongoDB.Bson;
using Traf3li.Backup.Engine.Processes;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>A journal as another run left it.</summary>
/// <param name="Database">The database that holds it.</param>
/// <param name="Id">The restore's identifier.</param>
/// <param name="BackupKey">What was restored.</param>
/// <param name="IsFinishing">Whether everything was verified, so that the steps left must be done.</param>
/// <param name="IsInPlace">Whether it wrote into the live names, so that these are partial.</param>
/// <param name="Databases">The databases that have staged collections.</param>
/// <param name="Steps">The last steps; empty while staging.</param>
/// <param name="Owner">The process that ran it.</param>
/// <param name="HasExpired">Whether its claim has expired by the server's clock.</param>
internal sealed record RestoreJournalEntry(
    string Database,
    string Id,
    string BackupKey,
    bool IsFinishing,
    bool IsInPlace,
    IReadOnlyList<string> Databases,
    IReadOnlyList<FinishStep> Steps,
    RestoreOwner Owner,
    bool HasExpired)
{
    /// <summary>Whether its claim is void: expired, or its process has ended or does something else by now.</summary>
    public bool IsAbandoned() =>
        HasExpired || (Owner == RestoreOwner.Current() ? !RestoreJournal.IsRunningHere(Id) : Owner.HasCertainlyEnded());

    public static RestoreJournalEntry Read(string database, BsonDocument document) => new(
        database,
        document["_id"].AsString,
        document["backup"].AsString,
        document["state"] == RestoreJournal.Finishing,
        document["inPlace"].ToBoolean(),
        [.. document["databases"].AsBsonArray.Select(name => name.AsString)],
        document.TryGetValue("steps", out var steps) ? [.. steps.AsBsonArray.Select(step => FinishStep.FromDocument(step.AsBsonDocument))] : [],
        ReadOwner(document["owner"].AsBsonDocument),
        document["expired"].ToBoolean());

    public static BsonDocument ToDocument(RestoreOwner owner) =>
        new() { { "machine", owner.Machine }, { "processId", owner.ProcessId }, { "processStart", owner.ProcessStart } };

    private static RestoreOwner ReadOwner(BsonDocument document) =>
        new(document["machine"].AsString, document["processId"].ToInt32(), document["processStart"].ToInt64());
}
