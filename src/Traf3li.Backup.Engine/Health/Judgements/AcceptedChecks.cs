namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>
/// Which warnings a user may accept: those about how things are set up, which stay as they are until someone changes that. What says that backups are
/// missing, late, odd or unproven cannot be accepted, nor anything critical or unknown, whatever its name.
/// </summary>
internal static class AcceptedChecks
{
    /// <summary>The names that can be accepted.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        CheckNames.Versioning, CheckNames.PublicAccess, CheckNames.Encryption, CheckNames.Lifecycle, CheckNames.ServerReachable, CheckNames.ServerRights,
        CheckNames.OplogWindow, CheckNames.NotificationChannel,
    ];

    /// <summary>Reads names with commas between, in any case.</summary>
    /// <exception cref="FormatException">One of them is no name of a check, or of one that cannot be accepted.</exception>
    public static IReadOnlyList<string> Parse(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Find).Distinct(StringComparer.Ordinal)];

    /// <summary>Marks the warnings that are accepted. Their advice goes, since it was heard.</summary>
    public static IEnumerable<HealthCheck> Apply(IEnumerable<HealthCheck> checks, IReadOnlyList<string> accepted) =>
        checks.Select(check => check.Status == HealthStatus.Warning && accepted.Contains(check.Name, StringComparer.Ordinal) ? check with { Status = HealthStatus.Accepted, Advice = null } : check);

    private static string Find(string name) =>
        Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"names '{name}', but only these can be accepted: {string.Join(", ", Names)}");
}
