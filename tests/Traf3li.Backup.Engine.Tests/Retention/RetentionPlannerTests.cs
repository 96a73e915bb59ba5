using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.Facts;
using static Traf3li.Backup.Engine.Tests.Retention.Candidates;

namespace Traf3li.Backup.Engine.Tests.Retention;

public sealed class RetentionPlannerTests
{
    private static readonly RetentionPolicy Small = new() { Daily = 3, Weekly = 2, Monthly = 2, Yearly = 1, Force = true };

    [Fact]
    public void By_type_each_folder_has_its_own_number() => AssertTable(
        Decide(
            [
                Create("2026-11-23 02:00"), Create("2026-11-22 02:00"), Create("2026-11-21 02:00"), Create("2026-11-20 02:00"),
                Create("2026-11-22 03:00", BackupType.Weekly), Create("2026-11-15 03:00", BackupType.Weekly), Create("2026-11-08 03:00", BackupType.Weekly),
                Create("2026-11-01 04:00", BackupType.Monthly), Create("2020-01-01 05:00", BackupType.Yearly), Create("2019-05-05 05:00", BackupType.Manual),
            ],
            Small),
        """
        2026-11-23 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-11-22 03:00 Weekly  Keep   1st of 2 weekly
        2026-11-22 02:00 Daily   Keep   2nd of 3 daily
        2026-11-21 02:00 Daily   Keep   3rd of 3 daily
        2026-11-20 02:00 Daily   Remove outside of the policy: 4th of 3 daily
        2026-11-15 03:00 Weekly  Keep   2nd of 2 weekly
        2026-11-08 03:00 Weekly  Remove outside of the policy: 3rd of 2 weekly
        2026-11-01 04:00 Monthly Keep   1st of 2 monthly
        2020-01-01 05:00 Yearly  Keep   1st of 1 yearly
        2019-05-05 05:00 Manual  Keep   taken by hand: no number of the policy is about it
        """);

    [Fact]
    public void Grandfather_father_son_keeps_the_newest_of_each_period_over_all_types() => AssertTable(
        Decide(
            [
                Create("2026-11-23 02:00"), Create("2026-11-22 22:00", BackupType.Manual), Create("2026-11-22 02:00"), Create("2026-11-21 02:00"),
                Create("2026-11-20 02:00"), Create("2026-10-31 02:00"), Create("2026-09-30 02:00"), Create("2025-12-31 02:00"),
            ],
            Small with { Scheme = RetentionScheme.GrandfatherFatherSon, Yearly = 2 }),
        """
        2026-11-23 02:00 Daily   Keep   1st of 3 daily; 1st of 2 weekly; 1st of 2 monthly; 1st of 2 yearly; the last good backup of this set
        2026-11-22 22:00 Manual  Keep   2nd of 3 daily; 2nd of 2 weekly; outside of the policy: a newer one of its month is there; outside of the policy: a newer one of its year is there
        2026-11-22 02:00 Daily   Remove outside of the policy: a newer one of its day is there; outside of the policy: a newer one of its week is there; outside of the policy: a newer one of its month is there; outside of the policy: a newer one of its year is there
        2026-11-21 02:00 Daily   Keep   3rd of 3 daily; outside of the policy: a newer one of its week is there; outside of the policy: a newer one of its month is there; outside of the policy: a newer one of its year is there
        2026-11-20 02:00 Daily   Remove outside of the policy: 4th of 3 daily; outside of the policy: a newer one of its week is there; outside of the policy: a newer one of its month is there; outside of the policy: a newer one of its year is there
        2026-10-31 02:00 Daily   Keep   2nd of 2 monthly; outside of the policy: 5th of 3 daily; outside of the policy: 3rd of 2 weekly; outside of the policy: a newer one of its year is there
        2026-09-30 02:00 Daily   Remove outside of the policy: 6th of 3 daily; outside of the policy: 4th of 2 weekly; outside of the policy: 3rd of 2 monthly; outside of the policy: a newer one of its year is there
        2025-12-31 02:00 Daily   Keep   2nd of 2 yearly; outside of the policy: 7th of 3 daily; outside of the policy: 5th of 2 weekly; outside of the policy: 4th of 2 monthly
        """);

    [Fact]
    public void What_failed_its_test_takes_the_place_of_none() => AssertTable(
        Decide(
            [
                Create("2026-11-23 02:00") with { FailedTest = Time("2026-11-23 03:00") }, Create("2026-11-22 02:00") with { FailedTest = Time("2026-11-22 03:00") },
                Create("2026-11-21 02:00"), Create("2026-11-20 02:00"), Create("2026-11-19 02:00"), Create("2026-11-18 02:00"),
                Create("2026-11-17 02:00") with { FailedTest = Time("2026-11-17 03:00") },
            ],
            Small),
        """
        2026-11-23 02:00 Daily   Keep   its test of 2026-11-23 03:00 UTC failed: takes the place of none, and stays as long as a good one would
        2026-11-22 02:00 Daily   Keep   its test of 2026-11-22 03:00 UTC failed: takes the place of none, and stays as long as a good one would
        2026-11-21 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-11-20 02:00 Daily   Keep   2nd of 3 daily
        2026-11-19 02:00 Daily   Keep   3rd of 3 daily
        2026-11-18 02:00 Daily   Remove outside of the policy: 4th of 3 daily
        2026-11-17 02:00 Daily   Remove outside of the policy: 7th of 3 daily; its test of 2026-11-17 03:00 UTC failed
        """);

    [Fact]
    public void Days_without_a_good_backup_use_up_nothing() => AssertTable(
        Decide(
            [
                Create("2026-11-22 02:00", state: CandidateState.Damaged), Create("2026-11-21 02:00", state: CandidateState.Damaged),
                Create("2026-09-03 02:00"), Create("2026-09-02 02:00"), Create("2026-09-01 02:00"), Create("2026-08-31 02:00"),
            ],
            Small),
        """
        2026-11-22 02:00 Daily   Keep   damaged, and not older than 3 days
        2026-11-21 02:00 Daily   Keep   damaged, and not older than 3 days
        2026-09-03 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-09-02 02:00 Daily   Keep   2nd of 3 daily
        2026-09-01 02:00 Daily   Keep   3rd of 3 daily
        2026-08-31 02:00 Daily   Remove outside of the policy: 4th of 3 daily
        """);

    [Fact]
    public void All_backups_of_a_day_count_as_one_and_those_of_Redis_as_daily() => AssertTable(
        Decide(
            [.. new[] { "2026-11-23 06:00", "2026-11-23 00:00", "2026-11-22 18:00", "2026-11-21 18:00", "2026-11-20 18:00" }
                .Select(time => Create(time, BackupType.Manual, source: BackupSource.Redis))],
            Small),
        """
        2026-11-23 06:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-11-23 00:00 Daily   Keep   1st of 3 daily
        2026-11-22 18:00 Daily   Keep   2nd of 3 daily
        2026-11-21 18:00 Daily   Keep   3rd of 3 daily
        2026-11-20 18:00 Daily   Remove outside of the policy: 4th of 3 daily
        """);

    [Fact]
    public void A_legacy_backup_goes_by_age_once_a_good_one_has_taken_its_place()
    {
        RetentionCandidate[] legacy = [Create("2026-11-22 02:00", state: CandidateState.Legacy), Create("2026-10-01 02:00", state: CandidateState.Legacy)];
        AssertTable(
            Decide(legacy, Small),
            """
            2026-11-22 02:00 Daily   Keep   legacy, without a manifest, and not older than 3 days
            2026-10-01 02:00 Daily   Keep   no good backup of its environment and source is newer; outside of the policy: legacy, without a manifest, and older than 3 days
            """);
        AssertTable(
            Decide([Create("2026-11-23 02:00"), .. legacy], Small),
            """
            2026-11-23 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
            2026-11-22 02:00 Daily   Keep   legacy, without a manifest, and not older than 3 days
            2026-10-01 02:00 Daily   Remove outside of the policy: legacy, without a manifest, and older than 3 days
            """);
        var partial = Create("2026-11-23 02:00") with { Selection = "shop.orders", IsPartial = true };
        Assert.All(Decide([partial, .. legacy], Small), item => Assert.Equal(RetentionAction.Keep, item.Action));
    }

    [Fact]
    public void What_the_bucket_has_locked_stays_until_it_lets_go() => AssertTable(
        Decide(
            [
                Create("2026-11-23 02:00"), Create("2026-11-22 02:00") with { Lock = Locked("2027-03-01 00:00", isHeld: true) }, Create("2026-11-21 02:00"),
                Create("2026-11-20 02:00") with { Lock = Locked("2027-03-01 00:00") }, Create("2026-11-19 02:00") with { Lock = Locked("2026-11-23 12:00") },
                Create("2026-11-18 02:00") with { Lock = Locked("2026-11-23 12:30", ObjectLockMode.Governance) }, Create("2026-11-17 02:00") with { Lock = new ObjectLockState(null, true) },
                Create("2026-11-16 02:00") with { Lock = ObjectLockState.None with { Unknown = ["the right s3:GetObjectRetention is missing", "the right s3:GetObjectLegalHold is missing"] } },
                Create("2026-11-15 02:00") with { Lock = ObjectLockState.None },
            ],
            Small),
        """
        2026-11-23 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-11-22 02:00 Daily   Keep   2nd of 3 daily; locked until 2027-03-01 00:00 UTC (compliance); held by a legal hold of the bucket
        2026-11-21 02:00 Daily   Keep   3rd of 3 daily
        2026-11-20 02:00 Daily   Keep   locked until 2027-03-01 00:00 UTC (compliance); outside of the policy: 4th of 3 daily
        2026-11-19 02:00 Daily   Remove outside of the policy: 5th of 3 daily
        2026-11-18 02:00 Daily   Keep   locked until 2026-11-23 12:30 UTC (governance); outside of the policy: 6th of 3 daily
        2026-11-17 02:00 Daily   Keep   held by a legal hold of the bucket; outside of the policy: 7th of 3 daily
        2026-11-16 02:00 Daily   Keep   nobody can tell whether it is locked: the right s3:GetObjectRetention is missing; the right s3:GetObjectLegalHold is missing; outside of the policy: 8th of 3 daily
        2026-11-15 02:00 Daily   Remove outside of the policy: 9th of 3 daily
        """);

    [Fact]
    public void A_lock_ends_by_the_clock_of_the_store()
    {
        var locked = Create("2026-11-18 02:00") with { Lock = Locked("2026-11-23 12:30") };
        RetentionCandidate[] all = [.. new[] { "2026-11-23 02:00", "2026-11-22 02:00", "2026-11-21 02:00" }.Select(time => Create(time)), locked];

        Assert.Equal(RetentionAction.Remove, Decide(all, Small, new RetentionSituation(Now) { ClockDifference = TimeSpan.FromMinutes(31) })[3].Action);
        Assert.Equal(RetentionAction.Keep, Decide(all, Small, new RetentionSituation(Now.AddMinutes(31)) { ClockDifference = TimeSpan.FromMinutes(-5) })[3].Action);
    }

    [Fact]
    public void A_hold_with_an_end_holds_until_then() => AssertTable(
        Decide(
            [
                Create("2026-11-23 02:00"), Create("2026-11-22 02:00"), Create("2026-11-21 02:00"),
                Create("2026-11-20 02:00") with { Hold = "held by ann@db1: audit", HoldUntil = Time("2026-11-23 12:01") }, Create("2026-11-19 02:00") with { Hold = "held by ann@db1: audit", HoldUntil = Now },
            ],
            Small),
        """
        2026-11-23 02:00 Daily   Keep   1st of 3 daily; the last good backup of this set
        2026-11-22 02:00 Daily   Keep   2nd of 3 daily
        2026-11-21 02:00 Daily   Keep   3rd of 3 daily
        2026-11-20 02:00 Daily   Keep   held by ann@db1: audit; outside of the policy: 4th of 3 daily
        2026-11-19 02:00 Daily   Remove outside of the policy: 5th of 3 daily
        """);

    [Fact]
    public void What_several_objects_are_locked_by_keeps_them_all_until_the_last_lets_go()
    {
        var state = ObjectLockState.Of([Locked("2027-01-01 00:00"), Locked("2027-03-01 00:00", ObjectLockMode.Governance), new ObjectLockState(null, true), Locked("2027-02-01 00:00") with { Unknown = ["x"] }, ObjectLockState.None with { Unknown = ["x"] }]);

        Assert.Equal((new RetentionLock(ObjectLockMode.Governance, Time("2027-03-01 00:00")), true, "x"), (state.Retention, state.IsHeld, Assert.Single(state.Unknown)));
        Assert.Equal(ObjectLockMode.Compliance, ObjectLockState.Of([Locked("2027-01-01 00:00", ObjectLockMode.Governance), Locked("2027-01-01 00:00")]).Retention!.Mode);
    }

    [Fact]
    public void Left_overs_go_after_two_days() => AssertTable(
        Decide(
            [
                Create("2026-11-22 02:00", state: CandidateState.OrphanObject), Create("2026-11-20 02:00", state: CandidateState.OrphanObject),
                Create("2026-11-19 02:00", state: CandidateState.OrphanObject) with { LastModified = Time("2026-11-22 20:00") },
                Create("2026-11-18 02:00", state: CandidateState.OrphanManifest), Create("2026-11-17 02:00", state: CandidateState.OrphanObject) with { Hold = "held by ann@db1: audit" },
                Create("2026-11-16 02:00", state: CandidateState.Interrupted),
            ],
            Small),
        """
        2026-11-22 02:00 Daily   Keep   an object without a manifest, of a backup that was never finished, or one that a run is still at work on
        2026-11-20 02:00 Daily   Remove left over: an object without a manifest, of a backup that was never finished
        2026-11-19 02:00 Daily   Keep   an object without a manifest, of a backup that was never finished, or one that a run is still at work on
        2026-11-18 02:00 Daily   Remove left over: a manifest whose object is gone
        2026-11-17 02:00 Daily   Keep   held by ann@db1: audit; left over: an object without a manifest, of a backup that was never finished
        2026-11-16 02:00 Daily   Remove left over: an object whose removal was interrupted
        """);

    [Fact]
    public void A_backup_before_a_restore_is_kept_a_week_and_stands_for_no_other() => AssertTable(
        Decide(
            [
                Create("2026-11-21 10:00", BackupType.Manual) with { IsSafety = true }, Create("2026-11-14 10:00", BackupType.Manual) with { IsSafety = true },
                Create("2026-10-01 02:00"),
            ],
            Small with { Daily = 0 }),
        """
        2026-11-21 10:00 Manual  Keep   safety backup of a restore 2 days ago; the last good backup of this set
        2026-11-14 10:00 Manual  Remove safety backup of a restore 9 days ago: those are kept 7 days
        2026-10-01 02:00 Daily   Keep   the last good backup of this set; outside of the policy: 1st of 0 daily
        """);

    [Fact]
    public void Every_never_has_its_reason() => AssertTable(
        Decide(
            [
                Create("2026-11-25 02:00"),
                Create("2026-11-23 02:00") with { IsVerified = false }, Create("2026-11-22 02:00") with { IsVerified = false },
                Create("2026-11-21 02:00"), Create("2026-11-20 02:00") with { ConsistencyPoint = new OplogPosition(1_000, 2) },
                Create("2026-11-19 02:00") with { ConsistencyPoint = new OplogPosition(900, 1) }, Create("2026-11-18 02:00") with { Hold = "held by ann@db1: audit" },
                Create("2026-11-17 02:00", state: CandidateState.Unknown), Create("2026-11-16 02:00") with { Tag = new Dictionary<string, string> { ["ticket"] = "OPS-17" } },
            ],
            Small with { Daily = 1, Tag = ["ticket=OPS-17"], Last = 1, Within = TimeSpan.FromHours(20) },
            new RetentionSituation(Now) { Slice = [new KeptSlice("production", new OplogPosition(1_000, 2), new OplogPosition(3_600, 1)), new KeptSlice("staging", default, default)] }),
        """
        2026-11-25 02:00 Daily   Keep   within the last 20 hours; begun at 2026-11-25 02:00 UTC, which is still to come: a clock is or was wrong
        2026-11-23 02:00 Daily   Keep   1st of 1 daily; 1st of the last 1; the last good backup of this set; within the last 20 hours
        2026-11-22 02:00 Daily   Remove outside of the policy: 2nd of 1 daily
        2026-11-21 02:00 Daily   Keep   the last of this set that was read back in full: newer ones are unverified; outside of the policy: 3rd of 1 daily
        2026-11-20 02:00 Daily   Keep   base of the recovery window until 1970-01-01 01:00 UTC; outside of the policy: 4th of 1 daily
        2026-11-19 02:00 Daily   Remove outside of the policy: 5th of 1 daily
        2026-11-18 02:00 Daily   Keep   held by ann@db1: audit; outside of the policy: 6th of 1 daily
        2026-11-17 02:00 Daily   Keep   a newer version of the module wrote it, and only that can judge it
        2026-11-16 02:00 Daily   Keep   tagged ticket=OPS-17; outside of the policy: 7th of 1 daily
        """);

    [Fact]
    public void Sets_are_told_apart_by_environment_source_and_selection()
    {
        var old = Create("2020-01-01 02:00");
        RetentionCandidate[] sets =
        [
            old, old with { Key = "b", Environment = "staging" }, old with { Key = "c", Selection = "shop" },
            old with { Key = "d", IsSafety = true }, Create("2020-01-01 02:00", source: BackupSource.Redis),
        ];

        Assert.All(Decide(sets, Small with { Daily = 0 }), item => Assert.Equal("the last good backup of this set", item.Reasons[0].Text));
    }

    [Theory]
    [InlineData(61, RetentionAction.Keep)]
    [InlineData(-61, RetentionAction.Keep)]
    [InlineData(59, RetentionAction.Remove)]
    public void Nothing_goes_while_clocks_disagree(int minutes, RetentionAction expected)
    {
        var verdicts = Decide(
            [Create("2026-11-23 02:00"), Create("2026-11-01 02:00")],
            Small with { Daily = 1 },
            new RetentionSituation(Now) { ClockDifference = TimeSpan.FromMinutes(minutes) });

        Assert.Equal(expected, verdicts[1].Action);
    }

    [Theory]
    [InlineData(3, false, 3)]
    [InlineData(2, false, 6)]
    [InlineData(2, true, 2)]
    public void More_than_half_of_a_set_goes_only_by_force(int daily, bool force, int kept)
    {
        // Eight, of which two are damaged: those must not make room for the removal of good ones.
        var set = Enumerable.Range(1, 8).Select(day => Create(Now.AddDays(-day), state: day > 6 ? CandidateState.Damaged : CandidateState.Good));
        var good = Decide(set, Small with { Daily = daily, Force = force }).Where(item => item.Candidate.State == CandidateState.Good).ToList();

        Assert.Equal(kept, Kept(good).Count);
        Assert.Equal(
            kept == 6,
            good.Any(item => item.Reasons[0].Text == "held back: 4 of the 6 backups of this set would go at once, more than 50%; -Force lets them"));
    }

    [Theory]
    [InlineData(4.5, 2, "")]
    [InlineData(3.5, 3, ", of which only 3 go, as many as were taken since the last run")]
    [InlineData(9, 6, "")]
    public void As_many_go_as_were_taken_since_the_last_run_unless_that_was_long_ago(double days, int kept, string since)
    {
        var set = Enumerable.Range(1, 6).Select(day => Create(Now.AddDays(-day)));

        var verdicts = Decide(set, Small with { Daily = 2, Force = false }, new RetentionSituation(Now) { LastRun = Now.AddDays(-days) });

        Assert.Equal(kept, Kept(verdicts).Count);
        var reason = $"held back: 4 of the 6 backups of this set would go at once, more than 50%{since}; -Force lets them";
        Assert.Equal(kept == 2 ? 0 : kept - 2, verdicts.Count(item => item.Reasons[0].Text == reason));
        Assert.Equal(Now.AddDays(-6), verdicts.Last(item => item.Action == RetentionAction.Keep || kept == 2).Candidate.Date);
    }

    [Fact]
    public void Weeks_begin_on_Monday_also_at_the_turn_of_the_year() => Assert.Equal(
        [Time("2026-12-28"), Time("2026-12-28"), Time("2027-01-04")],
        new[] { "2026-12-28 00:00", "2027-01-03 23:59", "2027-01-04 00:00" }.Select(time => RetentionPeriod.Of(BackupType.Weekly, Time(time))));

    [Fact]
    public void Numbers_beyond_all_time_keep_everything() => Assert.All(
        RetentionPeriod.Types,
        type => Assert.Equal(DateTime.MinValue, RetentionPeriod.Before(type, Now, int.MaxValue)));

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(11, "11th")]
    [InlineData(13, "13th")]
    [InlineData(21, "21st")]
    [InlineData(112, "112th")]
    public void Ordinals_end_as_they_should(int number, string text) => Assert.Equal(text, ReasonText.Ordinal(number));

    [Fact]
    public void A_selection_reads_the_same_in_any_order()
    {
        var one = new BackupSelection { Database = ["shop", "crm"], ExcludeCollection = ["shop.log"] };
        var other = new BackupSelection { Database = ["crm", "shop"], ExcludeCollection = ["shop.log"] };

        Assert.Equal("crm,shop without shop.log", RetentionSet.Describe(one));
        Assert.Equal(RetentionSet.Describe(one), RetentionSet.Describe(other));
        Assert.Equal("", RetentionSet.Describe(new BackupSelection()));
    }

    private static void AssertTable(IReadOnlyList<RetentionVerdict> verdicts, string expected) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), Table(verdicts));

    private static ObjectLockState Locked(string until, ObjectLockMode mode = ObjectLockMode.Compliance, bool isHeld = false) => new(new RetentionLock(mode, Time(until)), isHeld);
}
