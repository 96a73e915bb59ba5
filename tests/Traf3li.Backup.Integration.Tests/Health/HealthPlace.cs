using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Health;

/// <summary>Settings of a system, and what its health check says.</summary>
internal sealed class HealthPlace : IEnvironment
{
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal) { ["BACKUP_ENVIRONMENT"] = "production", ["BACKUP_TIMEZONE"] = "UTC" };

    public HealthPlace(params IEnumerable<(string Name, string Value)> settings)
    {
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }
    }

    public RecordingReporter Reporter { get; } = new();

    public BackupEngine Engine => new(this, TimeProvider.System);

    public string? this[string name]
    {
        get => Get(name);
        set => _settings[name] = value ?? "";
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string? Get(string name) => _settings.GetValueOrDefault(name);

    public Task<HealthReport> CheckAsync(double seconds = 15) =>
        Engine.TestHealthAsync(new HealthOptions { WorkingDirectory = Path.GetTempPath(), Timeout = TimeSpan.FromSeconds(seconds) }, Reporter, Token);

    /// <summary>Takes a backup of each server that is set, and restores them into scratch servers where these are set.</summary>
    public async Task<BackupInfo> BackupAsync(BackupSource source)
    {
        var options = new BackupOptions { WorkingDirectory = Path.GetTempPath(), Source = source, Type = source == BackupSource.Redis ? BackupType.Manual : BackupType.Daily };
        return await Engine.BackupAsync(options, Reporter, Token);
    }

    public Task<VerificationResult> TestAsync(BackupInfo backup) =>
        Engine.TestAsync(new VerificationOptions { WorkingDirectory = Path.GetTempPath(), Backup = backup, Depth = VerificationDepth.Full }, Reporter, Token);

    public async Task<IReadOnlyList<RunRecord>> HistoryAsync()
    {
        var found = new List<RunRecord>();
        await foreach (var record in Engine.ListHistoryAsync(new HistoryQuery { WorkingDirectory = Path.GetTempPath(), Operation = [RunOperation.Health] }, Reporter, Token))
        {
            found.Add(record);
        }

        return found;
    }
}
