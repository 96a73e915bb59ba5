namespace Traf3li.Backup.Engine.Retention;

/// <summary>Holds a run back that would remove too great a part of a set: a wrong policy must not empty a bucket.</summary>
/// <remarks>
/// As many as were taken since the last run go in any case, when that was not long ago: what a policy removes day by day, be it ever so small. The newest of
/// them go, so that what a wrong policy has let expire stays, and a set grows no further until somebody looks.
/// <para>
/// Backups before restores go by a rule of their own that no policy changes, and damaged ones and left-overs are of no use: none of these is held
/// back, or the failures of a long outage would stay for good beside the few backups that a small policy keeps.
/// </para>
/// </remarks>
internal static class ShareGuard
{
    // Retention runs each day or each week. Where it did not, all there is may have been taken since, and nothing would be guarded.
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(8);

    /// <summary>Keeps what would go of every set of which too much would.</summary>
    public static void Apply(IReadOnlyList<RetentionVerdict> all, RetentionPolicy policy, RetentionSituation situation)
    {
        if (policy.Force)
        {
            return;
        }

        var lastRun = situation.LastRun >= situation.Now - LongestPause ? situation.LastRun : null;
        var counted = all.Where(item => item.Candidate.State is CandidateState.Good or CandidateState.Legacy && !item.Candidate.IsSafety && !situation.IsAhead(item.Candidate.Date)).ToList();
        foreach (var set in counted.Where(IsGood).GroupBy(item => item.Candidate.Set))
        {
            HoldBack([.. set], set.Count(), "backups of this set", policy.MaxShare, lastRun);
        }

        // Legacy ones are a part of all there is: they must not make room for the removal of good ones, while a single one may go.
        foreach (var source in counted.GroupBy(item => (item.Candidate.Environment, item.Candidate.Source)))
        {
            HoldBack([.. source.Where(item => !IsGood(item))], source.Count(), "backups of its environment and source", policy.MaxShare, lastRun);
        }
    }

    private static bool IsGood(RetentionVerdict item) => item.Candidate.State == CandidateState.Good;

    private static void HoldBack(IReadOnlyList<RetentionVerdict> items, int total, string what, double maxShare, DateTime? lastRun)
    {
        var removed = items.Where(item => item.Action == RetentionAction.Remove).ToList();
        var taken = items.Count(item => item.Candidate.Date > lastRun);
        if (removed.Count > Math.Max(total * maxShare, taken))
        {
            var since = taken == 0 ? "" : FormattableString.Invariant($", of which only {taken} go, as many as were taken since the last run");
            foreach (var item in removed.OrderByDescending(item => item.Candidate.Date).ThenByDescending(item => item.Candidate.Key, StringComparer.Ordinal).Skip(taken))
            {
                item.HoldBack(FormattableString.Invariant($"held back: {removed.Count} of the {total} {what} would go at once, more than {maxShare * 100:0}%{since}; -Force lets them"));
            }
        }
    }
}
