using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores.Facts;
using static Traf3li.Backup.Engine.Tests.Retention.Candidates;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Ten years of backups by the default schedules, day by day, some of them failing, with retention after each day.</summary>
public sealed class TenYearsTests
{
    private static readonly DateTime Begin = Time("2026-01-01 12:00");
    private static readonly DateTime End = Begin.AddYears(10);

    public static TheoryData<string> Policies => ["default", "few", "gfs", "last", "within", "nothing"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Ten_years_pass_without_a_loss(string name)
    {
        var policy = PolicyOf(name);
        var random = new Random(20_261_123);
        var locking = new Random(20_261_124);
        var stored = new List<RetentionCandidate>();
        var outage = 0;
        var held = 0;
        for (var now = Begin; now < End; now = now.AddDays(1))
        {
            outage = outage > 0 ? outage - 1 : random.Next(200) == 0 ? random.Next(60) : 0;
            stored.AddRange(Taken(now, random, outage > 0));
            if (random.Next(100) == 0 && stored.Count > 0)
            {
                var index = random.Next(stored.Count);
                stored[index] = stored[index] with { Hold = "held by ann@db1: audit" };
                held++;
            }

            if (locking.Next(50) == 0)
            {
                stored[^1] = stored[^1] with { Lock = new ObjectLockState(new RetentionLock(ObjectLockMode.Compliance, now.AddDays(locking.Next(60))), false) };
            }

            var situation = new RetentionSituation(now) { LastRun = now > Begin ? now.AddDays(-1) : null };
            var verdicts = RetentionPlanner.Decide(stored, policy, situation);
            Invariants.AssertNeverBroken(verdicts, policy, situation);
            stored = [.. Kept(verdicts)];
        }

        Assert.InRange(stored.Count(item => item.Hold is not null), 1, held);
        Assert.InRange(stored.Count(item => item.State != CandidateState.Good && item.Hold is null), 0, 60);
        var daily = stored.Where(item => item is { State: CandidateState.Good, Source: BackupSource.MongoDB, Type: BackupType.Daily, IsSafety: false }).Select(item => item.Date.Date).Distinct().Count();
        switch (name)
        {
            case "default":
                Assert.InRange(daily, 7, 7 + held);
                Assert.InRange(CountOf(BackupType.Weekly), 4, 4 + held);
                Assert.InRange(CountOf(BackupType.Monthly), 12, 12 + held);
                Assert.InRange(CountOf(BackupType.Yearly), 7, 7 + held);
                Assert.InRange(stored.Count(item => item is { Source: BackupSource.Redis, State: CandidateState.Good, Hold: null }), 12, 16);
                break;
            case "few":
                // Two a day of which two are kept: each day half of what there is goes, and after a failure more.
                Assert.InRange(stored.Count(item => item is { Source: BackupSource.Redis, State: CandidateState.Good, Hold: null }), 1, 8);
                break;
            case "gfs":
                var periods = RetentionPeriod.Types.Select(type => stored.Where(item => item is { State: CandidateState.Good, Source: BackupSource.MongoDB, IsSafety: false })
                    .Select(item => RetentionPeriod.Of(type, item.Date)).Distinct().Count()).ToList();
                Assert.All(periods.Zip([7, 4, 12, 7]), pair => Assert.True(pair.First >= pair.Second, $"{pair.First} of {pair.Second}"));
                break;
            default:
                break;
        }

        int CountOf(BackupType type) => stored.Count(item => item.Type == type && item.Source == BackupSource.MongoDB && item.State == CandidateState.Good);
    }

    private static RetentionPolicy PolicyOf(string name) => name switch
    {
        "few" => new RetentionPolicy { Daily = 1, Weekly = 1, Monthly = 1, Yearly = 1 },
        "gfs" => new RetentionPolicy { Scheme = RetentionScheme.GrandfatherFatherSon },
        "last" => new RetentionPolicy { Daily = 0, Weekly = 0, Monthly = 0, Yearly = 0, Last = 5 },
        "within" => new RetentionPolicy { Daily = 0, Weekly = 0, Monthly = 2, Yearly = 0, Within = TimeSpan.FromDays(30), Scheme = RetentionScheme.GrandfatherFatherSon },
        "nothing" => new RetentionPolicy { Daily = 0, Weekly = 0, Monthly = 0, Yearly = 0, Force = true },
        _ => new RetentionPolicy(),
    };

    private static IEnumerable<RetentionCandidate> Taken(DateTime now, Random random, bool fails)
    {
        yield return Take(now.Date.AddHours(2), BackupType.Daily, BackupSource.MongoDB);
        if (now.DayOfWeek == DayOfWeek.Sunday)
        {
            yield return Take(now.Date.AddHours(3), BackupType.Weekly, BackupSource.MongoDB);
        }

        if (now.Day == 1)
        {
            yield return Take(now.Date.AddHours(4), BackupType.Monthly, BackupSource.MongoDB);
        }

        if (now.DayOfYear == 1)
        {
            // A year without its backup would only make the numbers at the end harder to say.
            yield return Create(now.Date.AddHours(5), BackupType.Yearly);
        }

        for (var hour = 0; hour < 12; hour += 6)
        {
            yield return Take(now.Date.AddHours(hour), BackupType.Manual, BackupSource.Redis);
        }

        if (random.Next(90) == 0)
        {
            yield return Create(now.AddHours(-1), BackupType.Manual) with { IsSafety = true };
        }

        RetentionCandidate Take(DateTime time, BackupType type, BackupSource source)
        {
            var state = !fails && random.Next(30) > 0 ? CandidateState.Good
                : random.Next(3) switch { 0 => CandidateState.Damaged, 1 => CandidateState.OrphanObject, _ => CandidateState.OrphanManifest };
            return Create(time, type, state, source) with { IsVerified = random.Next(2) == 0 };
        }
    }
}
