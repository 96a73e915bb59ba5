using System.Globalization;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.Facts;
using static Traf3li.Backup.Engine.Tests.Retention.Candidates;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Random backups under random policies, the same in every run.</summary>
public sealed class RetentionPropertyTests
{
    private const int Rounds = 1000;

    [Fact]
    public void No_input_breaks_a_never() => ForEachRound((random, candidates, policy, situation) =>
        Invariants.AssertNeverBroken(RetentionPlanner.Decide(candidates, policy, situation), policy, situation));

    [Fact]
    public void What_is_not_good_changes_nothing_for_what_is() => ForEachRound((_, candidates, policy, situation) =>
    {
        var among = RetentionPlanner.Decide(candidates, policy, situation).Where(item => item.Candidate.State == CandidateState.Good);
        var alone = RetentionPlanner.Decide([.. candidates.Where(item => item.State == CandidateState.Good)], policy, situation);
        Assert.Equal(Table(alone), Table(among));
    });

    [Fact]
    public void A_second_run_finds_nothing_to_do() => ForEachRound((_, candidates, policy, situation) =>
    {
        var verdicts = RetentionPlanner.Decide(candidates, policy, situation);
        var kept = Kept(verdicts);
        // Where only a part of what would go went, what is left of it may be less than half.
        if (situation.LastRun is null || !verdicts.Any(item => item.IsHeldBack))
        {
            Assert.Equal(kept, Kept(RetentionPlanner.Decide(kept, policy, situation)));
        }
    });

    [Fact]
    public void The_order_of_the_input_does_not_matter() => ForEachRound((random, candidates, policy, situation) =>
    {
        var shuffled = candidates.ToArray();
        random.Shuffle(shuffled);
        var one = Kept(RetentionPlanner.Decide(candidates, policy, situation)).Select(item => item.Key).Order(StringComparer.Ordinal);
        var other = Kept(RetentionPlanner.Decide(shuffled, policy, situation)).Select(item => item.Key).Order(StringComparer.Ordinal);
        Assert.Equal(one, other);
    });

    [Fact]
    public void A_policy_that_keeps_more_removes_no_more() => ForEachRound((_, candidates, policy, situation) =>
    {
        var forced = policy with { Force = true };
        var more = forced with { Daily = policy.Daily + 3, Weekly = policy.Weekly + 1, Monthly = policy.Monthly + 1, Yearly = policy.Yearly + 1, Last = policy.Last + 1 };
        Assert.Subset(
            Kept(RetentionPlanner.Decide(candidates, more, situation)).ToHashSet(),
            Kept(RetentionPlanner.Decide(candidates, forced, situation)).ToHashSet());
    });

    private static void ForEachRound(Action<Random, IReadOnlyList<RetentionCandidate>, RetentionPolicy, RetentionSituation> check)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            check(random, [.. Enumerable.Range(0, random.Next(40)).Select(index => RandomCandidate(random, index))], RandomPolicy(random), RandomSituation(random));
        }
    }

    private static RetentionCandidate RandomCandidate(Random random, int index)
    {
        // Few choices each, so that many fall together.
        var source = random.Next(3) == 0 ? BackupSource.Redis : BackupSource.MongoDB;
        var state = random.Next(2) == 0 ? CandidateState.Good : (CandidateState)random.Next(Enum.GetValues<CandidateState>().Length);
        var time = Now.AddDays(5).AddHours(-random.Next(1, random.Next(2) == 0 ? 500 : 50_000));
        var selection = random.Next(4) == 0 ? "shop" : "";
        return Create(time, (BackupType)random.Next(5), state, source) with
        {
            Key = index.ToString(CultureInfo.InvariantCulture),
            Environment = random.Next(5) == 0 ? "staging" : "production",
            Selection = selection,
            IsPartial = selection.Length > 0 && random.Next(2) == 0,
            IsSafety = random.Next(8) == 0,
            IsVerified = random.Next(3) == 0,
            FailedTest = random.Next(6) == 0 ? Now.AddDays(-1) : null,
            ConsistencyPoint = random.Next(2) == 0 ? new OplogPosition((uint)random.Next(1000), 1) : null,
            Hold = random.Next(15) == 0 ? "held by ann@db1: audit" : null,
            HoldUntil = random.Next(2) == 0 ? Now.AddDays(random.Next(-10, 10)) : null,
            Lock = random.Next(8) == 0 ? RandomLock(random) : null,
            Tag = random.Next(15) == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) { ["keep"] = "x" } : [],
        };
    }

    private static ObjectLockState RandomLock(Random random) => new(
        random.Next(2) == 0 ? new RetentionLock((ObjectLockMode)random.Next(2), Now.AddHours(random.Next(-100, 100))) : null,
        random.Next(4) == 0)
    {
        Unknown = random.Next(4) == 0 ? ["the right s3:GetObjectRetention is missing"] : [],
    };

    private static RetentionPolicy RandomPolicy(Random random) => new()
    {
        Scheme = (RetentionScheme)random.Next(2),
        Daily = random.Next(8),
        Weekly = random.Next(5),
        Monthly = random.Next(5),
        Yearly = random.Next(3),
        Last = random.Next(3),
        Within = random.Next(4) == 0 ? TimeSpan.FromDays(random.Next(40)) : null,
        Tag = random.Next(2) == 0 ? ["keep"] : [],
        Force = random.Next(2) == 0,
    };

    private static RetentionSituation RandomSituation(Random random) => new(Now)
    {
        LastRun = random.Next(3) == 0 ? null : Now.AddDays(-random.Next(12)),
        ClockDifference = random.Next(10) == 0 ? TimeSpan.FromMinutes(random.Next(-200, 200)) : TimeSpan.Zero,
        Slice = random.Next(3) == 0 ? [new KeptSlice("production", new OplogPosition((uint)random.Next(1000), 1), new OplogPosition(2000, 1))] : [],
    };
}
