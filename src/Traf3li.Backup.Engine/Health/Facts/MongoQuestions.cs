using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What a MongoDB server is asked, each through a connection of its own.</summary>
internal sealed class MongoQuestions
{
    private readonly Probe _probe;
    private readonly EngineSettings _settings;
    private readonly TimeSpan _connect;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Begins to ask.</summary>
    public MongoQuestions(Probe probe, EngineSettings settings, string workingDirectory, TimeSpan connect, TimeProvider time, CancellationToken cancellationToken)
    {
        _probe = probe;
        _settings = settings;
        _connect = connect;
        _time = time;
        _cancellationToken = cancellationToken;
        Server = AskAsync((connection, _) => Task.FromResult((MongoFacts.Describe(connection), (IReadOnlyList<string>)[])));
        Rights = AskAsync(async (connection, token) => (await MongoFacts.RequireRightsAsync(connection, workingDirectory, token).ConfigureAwait(false), (IReadOnlyList<string>)[]));
        Journals = AskAsync(MongoFacts.FindJournalsAsync);
        OplogWindow = settings.IsSet(KnownSettings.ScheduleOplog) ? AskAsync(MongoFacts.ReadOplogWindowAsync) : null;
    }

    /// <summary>Who is there.</summary>
    public Task<ProbeResult<(string Description, IReadOnlyList<string> Warnings)>> Server { get; }

    /// <summary>Whether all that a backup reads may be read.</summary>
    public Task<ProbeResult<(string Description, IReadOnlyList<string> Warnings)>> Rights { get; }

    /// <summary>What restores have left.</summary>
    public Task<ProbeResult<IReadOnlyList<RestoreJournalEntry>>> Journals { get; }

    /// <summary>The time that the oplog holds; null where no slices of it are asked for.</summary>
    public Task<ProbeResult<TimeSpan?>>? OplogWindow { get; }

    private Task<ProbeResult<T>> AskAsync<T>(Func<MongoConnection, CancellationToken, Task<T>> ask) => _probe.RunAsync(
        "the MongoDB server",
        async (told, token) =>
        {
            using var connection = await MongoConnection.OpenAsync(_settings.MongoUri, null, forWriting: false, told, _time, token, _connect).ConfigureAwait(false);
            return await ask(connection, token).ConfigureAwait(false);
        },
        _cancellationToken);
}
