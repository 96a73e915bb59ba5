using System.Net;
using System.Text.Json.Nodes;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Archive;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>A server, a destination and the engine between them, with short words for what tests do.</summary>
internal sealed class Scenario(MongoServer server, string destination, NetworkCredential? credential = null)
{
    private readonly BackupEngine _engine = new(new NoEnvironment(), TimeProvider.System);

    public MongoServer Server { get; } = server;

    public string Destination { get; } = destination;

    public RecordingReporter Reporter { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Fills the server with everything odd that the stock corpus has.</summary>
    public static async Task FillFromCorpusAsync(MongoServer server, string archive)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var path = Corpus.PathOf("stock/" + archive);
        var options = new RestoreOptions
        {
            WorkingDirectory = Path.GetTempPath(),
            Backup = new BackupInfo { Key = archive, Path = path },
            Uri = server.Uri,
            NoSafetyBackup = true,
            AllowRefused = true,
        };
        await new BackupEngine(new NoEnvironment(), TimeProvider.System).RestoreAsync(options, new RecordingReporter(), Stop);
    }

    public Task<BackupInfo> BackupAsync(Func<BackupOptions, BackupOptions>? change = null)
    {
        var options = new BackupOptions
        {
            WorkingDirectory = Path.GetTempPath(),
            Destination = Destination,
            DestinationCredential = credential,
            Environment = "test",
            Uri = Server.Uri,
            Type = BackupType.Daily,
        };
        return _engine.BackupAsync(change?.Invoke(options) ?? options, Reporter, Stop);
    }

    public Task<RestoreResult> RestoreAsync(BackupInfo backup, Func<RestoreOptions, RestoreOptions>? change = null, MongoServer? target = null) =>
        _engine.RestoreAsync(Options(backup, change, target), Reporter, Stop);

    public Task<RestorePlan> PlanRestoreAsync(BackupInfo backup, Func<RestoreOptions, RestoreOptions>? change = null, MongoServer? target = null) =>
        _engine.PlanRestoreAsync(Options(backup, change, target), Reporter, Stop);

    public async Task<IReadOnlyList<BackupInfo>> ListAsync()
    {
        var query = new BackupQuery { WorkingDirectory = Path.GetTempPath(), Destination = Destination, DestinationCredential = credential };
        var backups = new List<BackupInfo>();
        await foreach (var backup in _engine.ListAsync(query, Reporter, Stop))
        {
            backups.Add(backup);
        }

        return backups;
    }

    /// <summary>Compares two states to the letter.</summary>
    public static void AssertEqual(SortedDictionary<string, JsonObject> expected, SortedDictionary<string, JsonObject> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, state) in expected)
        {
            foreach (var (field, value) in state)
            {
                Assert.True(
                    value?.ToJsonString() == actual[name][field]?.ToJsonString(),
                    $"{name} {field}\nexpected {value?.ToJsonString()}\nfound    {actual[name][field]?.ToJsonString()}");
            }
        }
    }

    private RestoreOptions Options(BackupInfo backup, Func<RestoreOptions, RestoreOptions>? change, MongoServer? target)
    {
        var options = new RestoreOptions
        {
            WorkingDirectory = Path.GetTempPath(),
            Backup = backup,
            Destination = Destination,
            DestinationCredential = credential,
            Environment = "test",
            Uri = (target ?? Server).Uri,
        };
        return change?.Invoke(options) ?? options;
    }

    private sealed class NoEnvironment : IEnvironment
    {
        public string? Get(string name) => null;
    }
}
