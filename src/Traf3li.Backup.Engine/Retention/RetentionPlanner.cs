namespace Traf3li.Backup.Engine.Retention;

/// <summary>Decides which backups stay and which go, from facts alone: the same input gives the same decisions, and nothing is read or written.</summary>
internal static class RetentionPlanner
{
    /// <summary>One verdict a candidate, in the order given.</summary>
    public static IReadOnlyList<RetentionVerdict> Decide(IReadOnlyList<RetentionCandidate> candidates, RetentionPolicy policy, RetentionSituation situation)
    {
        var verdicts = candidates.Select(candidate => new RetentionVerdict(candidate)).ToList();

        // One from the future can neither be the last good one nor take the place of another: the clock that dated it was wrong.
        var good = verdicts.Where(item => item.Candidate.State == CandidateState.Good && !situation.IsAhead(item.Candidate.Date))
            .OrderByDescending(item => item.Candidate.Date).ThenByDescending(item => item.Candidate.Key, StringComparer.Ordinal).ToList();
        foreach (var set in good.GroupBy(item => item.Candidate.Set))
        {
            JudgeSet([.. set], policy, situation);
        }

        NeverRules.ProtectBases(good, situation.Slice);
        JudgeUncounted(verdicts, good, policy, situation);
        foreach (var item in verdicts)
        {
            KeepChosen(item, policy, situation);
            NeverRules.ProtectOne(item, situation);
        }

        ShareGuard.Apply(verdicts, policy, situation);
        return verdicts;
    }

    private static void JudgeSet(List<RetentionVerdict> newestFirst, RetentionPolicy policy, RetentionSituation situation)
    {
        if (newestFirst[0].Candidate.IsSafety)
        {
            newestFirst.ForEach(item => UncountedRules.ApplyToSafety(item, situation.Now));
        }
        else
        {
            PeriodRules.Apply(newestFirst, policy);
        }

        NeverRules.ProtectLast(newestFirst);
    }

    private static void JudgeUncounted(List<RetentionVerdict> verdicts, List<RetentionVerdict> good, RetentionPolicy policy, RetentionSituation situation)
    {
        var newestWhole = good.Where(item => !item.Candidate.IsPartial && !item.Candidate.IsSafety)
            .GroupBy(item => (item.Candidate.Environment, item.Candidate.Source))
            .ToDictionary(group => group.Key, group => group.First().Candidate.Date);
        foreach (var item in verdicts)
        {
            if (item.Candidate.IsLeftOver)
            {
                UncountedRules.ApplyToLeftOver(item, situation);
            }
            else if (item.Candidate.State is CandidateState.Legacy or CandidateState.Damaged)
            {
                var isReplaced = newestWhole.TryGetValue((item.Candidate.Environment, item.Candidate.Source), out var newest);
                UncountedRules.ApplyToUnproven(item, isReplaced ? newest : null, policy, situation.Now);
            }
        }
    }

    private static void KeepChosen(RetentionVerdict item, RetentionPolicy policy, RetentionSituation situation)
    {
        var candidate = item.Candidate;
        if (candidate.State == CandidateState.Good && policy.Within is { } time && situation.Now - candidate.Date <= time)
        {
            item.Keep($"within the last {ReasonText.Span(time)}");
        }

        if (policy.Tag.FirstOrDefault(wanted => candidate.Tag.Any(tag => tag.Key == wanted || $"{tag.Key}={tag.Value}" == wanted)) is { } found)
        {
            item.Keep($"tagged {found}");
        }
    }
}
