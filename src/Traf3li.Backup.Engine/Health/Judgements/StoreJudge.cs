using System.Globalization;
using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Judges whether the destination can be used.</summary>
internal static class StoreJudge
{
    // Signed requests are refused when clocks differ by a quarter of an hour (Amazon S3, RequestTimeTooSkewed).
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    // The limit beyond which retention removes nothing.
    private static readonly TimeSpan Unusable = TimeSpan.FromHours(1);

    /// <summary>Whether it answers, and whether it knows the login.</summary>
    /// <param name="access">What became of looking at it.</param>
    /// <param name="isBucket">Whether it takes a login.</param>
    /// <param name="destination">The destination.</param>
    public static IEnumerable<HealthCheck> JudgeAccess(ProbeResult<bool> access, bool isBucket, string destination)
    {
        var isRefused = isBucket && access.Failure?.ErrorId is "StoreAccessDenied" or "AuthenticationFailed";
        yield return (access.Failure is null || isRefused ? Checks.Good(CheckNames.StoreReachable, destination, "it answers") : Checks.Broken(CheckNames.StoreReachable, destination, access.Failure))
            with { Duration = access.Duration };
        yield return !isBucket
            ? Checks.Skipped(CheckNames.StoreCredential, destination, "a folder needs none")
            : (access.Failure is null ? Checks.Good(CheckNames.StoreCredential, destination, "accepted")
                : isRefused ? Checks.Critical(CheckNames.StoreCredential, destination, access.Failure.Reason, access.Failure.Advice)
                : NotReached(CheckNames.StoreCredential, destination)) with { Duration = access.Duration };
    }

    /// <summary>Whether a small object could be written and removed again, and how its date compares with this machine's clock.</summary>
    public static IEnumerable<HealthCheck> JudgeWriting(ProbeResult<StoreProbeFacts> writing, string destination) => writing.Judge(
        facts => [Checks.Good(CheckNames.StoreWritable, destination, "an object was written and removed again"), JudgeClock(facts.ClockAhead, destination)],
        failure => [Checks.Broken(CheckNames.StoreWritable, destination, failure), NotReached(CheckNames.StoreClock, destination)]);

    /// <summary>A check for which the destination had to be reached first.</summary>
    public static HealthCheck NotReached(string name, string subject) =>
        new() { Name = name, Subject = subject, Status = HealthStatus.Unknown, Value = "not known, because the destination could not be used", Advice = "See StoreReachable, StoreCredential and StoreWritable." };

    private static HealthCheck JudgeClock(TimeSpan ahead, string destination)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"the store is {ReasonText.Count((long)Math.Round(ahead.Duration().TotalSeconds), "second")} {(ahead < TimeSpan.Zero ? "behind" : "ahead")}");
        var threshold = $"up to {ReasonText.Span(MostSkew)}";
        return ahead.Duration() <= MostSkew ? Checks.Good(CheckNames.StoreClock, destination, value, threshold)
            : ahead.Duration() <= Unusable ? Checks.Warning(CheckNames.StoreClock, destination, value, "Have both clocks set by NTP.", threshold)
            : Checks.Critical(CheckNames.StoreClock, destination, value, "Have both clocks set by NTP. Until then S3 may refuse requests, and retention removes nothing.", threshold);
    }
}
