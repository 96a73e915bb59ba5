using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>What holds of every decision, said without the planner's own code.</summary>
internal static class Invariants
{
    public static void AssertNeverBroken(IReadOnlyList<RetentionVerdict> verdicts, RetentionPolicy policy, RetentionSituation situation)
    {
        var removed = verdicts.Where(item => item.Action == RetentionAction.Remove).Select(item => item.Candidate).ToHashSet();
        foreach (var item in verdicts)
        {
            Assert.NotEmpty(item.Reasons);
            Assert.Equal(item.Action, item.Reasons[0].Action);
        }

        foreach (var candidate in removed)
        {
            Assert.True(candidate.Hold is null || candidate.HoldUntil <= situation.Now);
            Assert.False(candidate.Lock is { IsHeld: true } or { Unknown.Count: > 0 });
            Assert.False(candidate.Lock?.Retention?.Until > situation.Now + situation.ClockDifference);
            Assert.NotEqual(CandidateState.Unknown, candidate.State);
            Assert.False(candidate.Date > situation.Now.AddHours(1));
            Assert.DoesNotContain(candidate.Tag, tag => policy.Tag.Contains(tag.Key));
        }

        if (situation.ClockDifference.Duration() > TimeSpan.FromHours(1))
        {
            Assert.Empty(removed);
        }

        var good = verdicts.Select(item => item.Candidate).Where(item => item.State == CandidateState.Good && item.Date <= situation.Now.AddHours(1)).ToList();
        foreach (var set in good.GroupBy(item => (item.Environment, item.Source, item.Selection, item.IsSafety)))
        {
            var newest = set.Max(item => item.Date);
            Assert.Contains(set, item => item.Date == newest && !removed.Contains(item));
            Assert.True(!set.Any(item => item.IsVerified) || set.Any(item => item.IsVerified && !removed.Contains(item)));
            Assert.True(policy.Force || set.Key.IsSafety || set.Count(removed.Contains) <= Math.Max(set.Count() / 2.0, situation.LastRun >= situation.Now.AddDays(-8) ? set.Count(item => item.Date > situation.LastRun) : 0), "more than half of a set went");
            var sound = set.Where(item => item.FailedTest is null).ToList();
            Assert.True(sound.Count == 0 || sound.Exists(item => item.Date == sound.Max(other => other.Date) && !removed.Contains(item)), "the last one of a set that no test found bad went");
            var last = set.OrderByDescending(item => item.Date).Take(policy.Last).Select(item => item.Date).ToHashSet();
            Assert.True(set.Key.IsSafety || last.All(date => set.Any(item => item.Date == date && !removed.Contains(item))));
        }

        foreach (var slice in situation.Slice)
        {
            var bases = good.Where(item => item.Source == BackupSource.MongoDB && !item.IsSafety && item.Environment == slice.Environment && item.ConsistencyPoint <= slice.First).ToList();
            Assert.True(bases.Count == 0 || bases.Where(item => !removed.Contains(item)).Any(item => item.ConsistencyPoint == bases.Max(other => other.ConsistencyPoint)));
        }
    }
}
