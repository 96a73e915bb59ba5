using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>What no policy removes.</summary>
internal static class NeverRules
{
    /// <summary>The last good backup of a set, and the last that was read back in full when none of the newer ones was.</summary>
    public static void ProtectLast(IReadOnlyList<RetentionVerdict> newestFirst)
    {
        newestFirst[0].Keep("the last good backup of this set");
        if (newestFirst.FirstOrDefault(item => item.Candidate.IsVerified) is { } verified && verified != newestFirst[0])
        {
            verified.Keep("the last of this set that was read back in full: newer ones are unverified");
        }
    }

    /// <summary>
    /// The base of each slice of the oplog that is kept: the newest good backup whose state lies at or before the slice's first entry, so that
    /// every moment within the slice can be restored.
    /// </summary>
    public static void ProtectBases(IReadOnlyList<RetentionVerdict> good, IReadOnlyList<KeptSlice> slices)
    {
        var needed = new Dictionary<RetentionVerdict, OplogPosition>();
        foreach (var slice in slices)
        {
            var bases = good.Where(item => CanCarry(item.Candidate, slice)).GroupBy(item => item.Candidate.Set);
            foreach (var set in bases)
            {
                var carrier = set.MaxBy(item => item.Candidate.ConsistencyPoint!.Value)!;
                needed[carrier] = needed.TryGetValue(carrier, out var last) && last > slice.Last ? last : slice.Last;
            }
        }

        foreach (var (carrier, last) in needed)
        {
            carrier.Keep($"base of the recovery window until {ReasonText.Time(DateTime.UnixEpoch.AddSeconds(last.Seconds))}");
        }
    }

    /// <summary>What forbids the removal of this one, whatever else there is.</summary>
    public static void ProtectOne(RetentionVerdict item, RetentionSituation situation)
    {
        if (item.Candidate.Hold is { } hold && !(item.Candidate.HoldUntil <= situation.Now))
        {
            item.Keep(hold);
        }

        if (item.Candidate.Lock is { } objectLock)
        {
            ProtectLocked(item, objectLock, situation);
        }

        if (item.Candidate.State == CandidateState.Unknown)
        {
            item.Keep("a newer version of the module wrote it, and only that can judge it");
        }

        if (situation.IsAhead(item.Candidate.Date))
        {
            item.Keep($"begun at {ReasonText.Time(item.Candidate.Date)}, which is still to come: a clock is or was wrong");
        }

        if (situation.ClocksDisagree)
        {
            item.Keep($"the clock of the store differs from that of this machine by {ReasonText.Span(situation.ClockDifference)}");
        }
    }

    private static void ProtectLocked(RetentionVerdict item, ObjectLockState state, RetentionSituation situation)
    {
        // The store lets go by its own clock.
        if (state.Retention is { } retention && retention.Until > situation.Now + situation.ClockDifference)
        {
            item.Keep(ReasonText.Locked(retention));
        }

        if (state.IsHeld)
        {
            item.Keep("held by a legal hold of the bucket");
        }

        if (state.Unknown.Count > 0)
        {
            item.Keep($"nobody can tell whether it is locked: {string.Join("; ", state.Unknown)}");
        }
    }

    private static bool CanCarry(RetentionCandidate candidate, KeptSlice slice) =>
        candidate.Source == BackupSource.MongoDB && candidate.Environment == slice.Environment && !candidate.IsSafety && candidate.ConsistencyPoint <= slice.First;
}
