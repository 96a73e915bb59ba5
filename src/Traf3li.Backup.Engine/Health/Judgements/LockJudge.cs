using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Finds locks of runs that have died, and of runs that never end.</summary>
internal static class LockJudge
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(1);

    /// <summary>Judges the locks that are held.</summary>
    /// <param name="locks">The locks.</param>
    /// <param name="ahead">How far the store's clock is ahead of this one.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="now">The time, UTC.</param>
    public static IEnumerable<HealthCheck> Judge(IReadOnlyList<LockFacts> locks, TimeSpan ahead, string destination, DateTime now)
    {
        if (locks.Count == 0)
        {
            yield return Checks.Good(CheckNames.Lock, destination, "none is held");
        }

        foreach (var one in locks)
        {
            var value = $"{one.Text.Holder} does {one.Text.Operation} since {ReasonText.Time(one.Text.Begun)}";
            yield return IsStale(one, ahead, now)
                ? Checks.Warning(CheckNames.Lock, one.Name, $"left by {one.Text.Holder}, {one.Text.Operation} begun {ReasonText.Time(one.Text.Begun)}", "That run died. The next one takes the lock over; see what ended it (memory, a restart of the machine).")
                : now - one.Text.Begun > LongestRun
                    ? Checks.Warning(CheckNames.Lock, one.Name, value, "See whether that run still makes progress; no other can begin meanwhile.", $"up to {ReasonText.Span(LongestRun)}")
                    : Checks.Good(CheckNames.Lock, one.Name, value);
        }
    }

    /// <summary>Whether the holder has ended, or has not renewed the lock for longer than its lease.</summary>
    public static bool IsStale(LockFacts one, TimeSpan ahead, DateTime now) => one.HasHolderEnded || one.Stored.AddSeconds(one.Text.LeaseSeconds) < now + ahead;
}
