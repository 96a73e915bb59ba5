namespace Traf3li.Backup;

/// <summary>One finding about the health of backups.</summary>
public sealed record HealthCheck
{
    /// <summary>What was checked, such as <c>MissedRun</c>; the same in every version.</summary>
    public required string Name { get; init; }

    /// <summary>Of what: a destination, a kind of server, a schedule, a set of backups.</summary>
    public required string Subject { get; init; }

    /// <summary>What was found.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>What was measured, or why it was not.</summary>
    public required string Value { get; init; }

    /// <summary>What would be good; null where there is no such limit.</summary>
    public string? Threshold { get; init; }

    /// <summary>What to do; null when there is nothing to do.</summary>
    public string? Advice { get; init; }

    /// <summary>How long it took to find out. Checks run side by side, and several may judge one finding.</summary>
    public TimeSpan Duration { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Name} {Subject}: {Status}, {Value}";
}
