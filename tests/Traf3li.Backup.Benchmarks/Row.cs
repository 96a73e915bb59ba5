namespace Traf3li.Backup.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Measured">The value with its unit.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="Ratio">Measured to baseline; null when it was not run.</param>
/// <param name="Target">The bound.</param>
/// <param name="IsUpper">Whether the ratio has to be at most the bound; else at least.</param>
/// <param name="Unit">What stands behind ratio and bound.</param>
internal sealed record Row(string What, string Measured, string Baseline, double? Ratio, double Target, bool IsUpper, string Unit = "×")
{
    public bool IsMet => Ratio is { } ratio && (IsUpper ? ratio <= Target : ratio >= Target);

    public static Row NotRun(string what, string reason, double target, bool isUpper, string unit = "×") => new(what, "not run", reason, null, target, isUpper, unit);

    public override string ToString() =>
        $"| {What} | {Measured} | {Baseline} | {(Ratio is { } ratio ? $"{ratio:0.00} {Unit}" : "")} | {(IsUpper ? "≤" : "≥")} {Target:0.##} {Unit} | {(Ratio is null ? "not run" : IsMet ? "met" : "**missed**")} |";
}
