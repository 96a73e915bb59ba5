using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Notifications.Messages;
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

    /// <summary>A check that has no facts. Where the destination cannot be used at all, that is said once, and this one is skipped.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="failure">Why there are no facts.</param>
    /// <param name="isReachable">Whether the destination can be used.</param>
    public static HealthCheck NotKnown(string name, string subject, ProbeFailure failure, bool isReachable) =>
        isReachable ? Checks.Unknown(name, subject, failure) : NotReached(name, subject);

    private static HealthCheck NotReached(string name, string subject) => Checks.Skipped(name, subject, "the destination cannot be used");

    private static HealthCheck JudgeClock(TimeSpan ahead, string destination)
    {
        var value = $"the store is {ReadableTime.Length(ahead.Duration())} {(ahead < TimeSpan.Zero ? "behind" : "ahead")}";
        var threshold = $"up to {ReasonText.Span(MostSkew)}";
        return ahead.Duration() <= MostSkew ? Checks.Good(CheckNames.StoreClock, destination, value, threshold)
            : ahead.Duration() <= Unusable ? Checks.Warning(CheckNames.StoreClock, destination, value, "Have both clocks set by NTP.", threshold)
            : Checks.Critical(CheckNames.StoreClock, destination, value, "Have both clocks set by NTP. Until then S3 may refuse requests, and retention removes nothing.", threshold);
    }
}
