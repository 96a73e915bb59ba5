namespace Traf3li.Backup;

/// <summary>What <c>Test-Traf3liBackupHealth</c> was asked for.</summary>
public sealed record HealthOptions : RunOptions
{
    /// <summary>How long each check may take. They run side by side, so all of them together take hardly longer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The names of checks whose warnings are accepted; null takes BACKUP_HEALTH_ACCEPT.</summary>
    public IReadOnlyList<string>? Accept { get; init; }
}
