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
        var sound = good.Where(IsSound).ToList();
        if (sound.Count < good.Count)
        {
            NeverRules.ProtectBases(sound, situation.Slice);
        }

        JudgeUncounted(verdicts, sound, policy, situation);
        foreach (var item in verdicts)
        {
            KeepChosen(item, policy, situation);
            NeverRules.ProtectOne(item, situation);
        }

        ShareGuard.Apply(verdicts, policy, situation);
        return verdicts;
    }

    // What failed a test takes the place of none, and goes no earlier for it: the test may have been at fault.
    private static void JudgeSet(List<RetentionVerdict> newestFirst, RetentionPolicy policy, RetentionSituation situation)
    {
        var sound = newestFirst.Where(IsSound).ToList();
        if (sound.Count < newestFirst.Count)
        {
            var asIfGood = newestFirst.ConvertAll(item => new RetentionVerdict(item.Candidate));
            JudgeGood(asIfGood, policy, situation);
            foreach (var (item, judged) in newestFirst.Zip(asIfGood).Where(pair => !IsSound(pair.First)))
            {
                UncountedRules.ApplyToFailed(item, judged);
            }
        }

        if (sound.Count > 0)
        {
            JudgeGood(sound, policy, situation);
        }
    }

    private static bool IsSound(RetentionVerdict item) => item.Candidate.FailedTest is null;

    private static void JudgeGood(List<RetentionVerdict> newestFirst, RetentionPolicy policy, RetentionSituation situation)
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
