namespace Traf3li.Backup;

/// <summary>How it stands with the backups of an environment.</summary>
public sealed record HealthReport
{
    /// <summary>The worst that was found: Good, Warning or Critical.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>Whether nothing was found that should be looked at.</summary>
    public bool IsHealthy => Status == HealthStatus.Good;

    /// <summary>What a script should end with: 0 good, 1 critical, 2 warnings.</summary>
    public int ExitCode => Status switch
    {
        HealthStatus.Good => 0,
        HealthStatus.Critical => 1,
        _ => 2,
    };

    /// <summary>When it was looked, UTC.</summary>
    public required DateTime Date { get; init; }

    /// <summary>How long looking took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The environment label.</summary>
    public required string Environment { get; init; }

    /// <summary>The destination without any secret; empty when none is set.</summary>
    public required string Destination { get; init; }

    /// <summary>The five lines of the Node scripts' health check, an empty line, and what they come to.</summary>
    public required IReadOnlyList<string> Summary { get; init => field = Indexable.Of(value); }

    /// <summary>All checks, in the order in which things depend on each other.</summary>
    public required IReadOnlyList<HealthCheck> Check { get; init => field = Indexable.Of(value); }

    /// <summary>What became of the notifications about it.</summary>
    public IReadOnlyList<NotificationResult> Notification { get; init => field = Indexable.Of(value); } = [];

    /// <summary>What went wrong with telling and remembering it, in sentences.</summary>
    public IReadOnlyList<string> Warning { get; init => field = Indexable.Of(value); } = [];

    /// <inheritdoc />
    public override string ToString() => $"{Status} {Date:u}";
}
