namespace Traf3li.Backup.Engine.Retention;

/// <summary>What goes of all that is never counted as good: legacy and damaged backups, backups before restores, and left-overs.</summary>
internal static class UncountedRules
{
    /// <summary>How long a backup that was taken before a restore is kept.</summary>
    public static readonly TimeSpan SafetyAge = TimeSpan.FromDays(7);

    /// <summary>How old a left-over has to be: until then a run may still be at work on it.</summary>
    public static readonly TimeSpan LeftOverAge = TimeSpan.FromDays(2);

    /// <summary>A good backup that was taken before a restore.</summary>
    public static void ApplyToSafety(RetentionVerdict item, DateTime now)
    {
        var age = now - item.Candidate.Date;
        var text = $"safety backup of a restore {ReasonText.Span(age)} ago";
        if (age <= SafetyAge)
        {
            item.Keep(text);
        }
        else
        {
            item.Remove($"{text}: those are kept {ReasonText.Span(SafetyAge)}");
        }
    }

    /// <summary>One whose test failed, by what would become of it had it not.</summary>
    public static void ApplyToFailed(RetentionVerdict item, RetentionVerdict asIfGood)
    {
        var text = $"its test of {ReasonText.Time(item.Candidate.FailedTest!.Value)} failed";
        if (asIfGood.Action == RetentionAction.Keep)
        {
            item.Keep($"{text}: takes the place of none, and stays as long as a good one would");
        }
        else
        {
            item.Remove($"{asIfGood.Reasons[0].Text}; {text}");
        }
    }

    /// <summary>
    /// A legacy or damaged one, which goes by its age alone, as it takes no place among those that are counted, and only when a good backup
    /// that is newer and not limited to some collections has taken its place.
    /// </summary>
    /// <param name="item">The backup.</param>
    /// <param name="newestGood">When the newest such good backup of its environment and source was begun; null when there is none.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">Now, UTC.</param>
    public static void ApplyToUnproven(RetentionVerdict item, DateTime? newestGood, RetentionPolicy policy, DateTime now)
    {
        var candidate = item.Candidate;
        var what = candidate.State == CandidateState.Legacy ? "legacy, without a manifest" : "damaged";
        if (policy.CountOf(candidate.CountedType) is not { } count)
        {
            item.Keep($"{what}; taken by hand: no number of the policy is about it");
            return;
        }

        var limit = ReasonText.Count(count, RetentionPeriod.Name(candidate.CountedType));
        if (candidate.Date >= RetentionPeriod.Before(candidate.CountedType, now, count))
        {
            item.Keep($"{what}, and not older than {limit}");
            return;
        }

        item.Remove($"outside of the policy: {what}, and older than {limit}");
        if (newestGood is null || newestGood < candidate.Date)
        {
            item.Keep("no good backup of its environment and source is newer");
        }
    }

    /// <summary>
    /// What a killed run left. Its age alone does not tell, since S3 dates an object that was uploaded in parts by the begin of its upload: whoever holds the
    /// lock of its source and environment may have only just completed it.
    /// </summary>
    public static void ApplyToLeftOver(RetentionVerdict item, RetentionSituation situation)
    {
        var what = item.Candidate.State switch
        {
            CandidateState.OrphanObject => "an object without a manifest, of a backup that was never finished",
            CandidateState.OrphanManifest => "a manifest whose object is gone",
            _ => "an object whose removal was interrupted",
        };
        var written = item.Candidate.LastModified > item.Candidate.Date ? item.Candidate.LastModified : item.Candidate.Date;
        var isYoung = situation.Now - written < LeftOverAge || situation.AtWork.Contains((item.Candidate.Environment, item.Candidate.Source));
        if (item.Candidate.State != CandidateState.Interrupted && isYoung)
        {
            item.Keep($"{what}, or one that a run is still at work on");
        }
        else
        {
            item.Remove("left over: " + what);
        }
    }
}
