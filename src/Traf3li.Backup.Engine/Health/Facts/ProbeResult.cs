namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What a probe found, or why it found nothing.</summary>
/// <param name="Value">The facts; the default where there are none.</param>
/// <param name="Failure">Why there are none; null where there are.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record ProbeResult<T>(T? Value, ProbeFailure? Failure, TimeSpan Duration)
{
    /// <summary>Gives the checks that a judge makes of the facts; without facts those of the other judge.</summary>
    public IEnumerable<HealthCheck> Judge(Func<T, IEnumerable<HealthCheck>> judge, Func<ProbeFailure, IEnumerable<HealthCheck>> otherwise) =>
        (Failure is null ? judge(Value!) : otherwise(Failure)).Select(check => check with { Duration = Duration });
}
