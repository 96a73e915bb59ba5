namespace Traf3li.Backup.Engine.Runs;

/// <summary>Sums records up, which come newest first. Of each only some numbers are kept.</summary>
internal sealed class RunSummaries
{
    // Of fewer a change between two halves says nothing.
    private const int FewestForChange = 4;

    private readonly Dictionary<Kind, Runs> _kinds = [];

    /// <summary>Takes the next older record.</summary>
    public void Add(RunRecord record)
    {
        var kind = new Kind(record.Operation, record.Environment, record.Source, record.Type, record.Set);
        if (!_kinds.TryGetValue(kind, out var runs))
        {
            _kinds[kind] = runs = new Runs { Newest = record };
        }

        runs.Count++;
        runs.Failures += record.Outcome is RunOutcome.Failed or RunOutcome.Cancelled ? 1 : 0;
        runs.Locked += record.Outcome == RunOutcome.Locked ? 1 : 0;
        runs.First = record.StartTime;
        if (record.Outcome is RunOutcome.Good or RunOutcome.Warning)
        {
            runs.NewestGood ??= record;
            runs.Durations.Add(record.Duration.TotalSeconds);
            AddTo(runs.Sizes, record.StoredSize);
            AddTo(runs.Speeds, record.BytesPerSecond);
        }
    }

    /// <summary>The summaries, by operation, environment, source, type and set.</summary>
    public IReadOnlyList<RunSummary> Complete()
    {
        AdoptWithoutSet();
        return [.. _kinds
            .OrderBy(item => item.Key.Operation).ThenBy(item => item.Key.Environment, StringComparer.Ordinal)
            .ThenBy(item => item.Key.Source).ThenBy(item => item.Key.Type).ThenBy(item => item.Key.Set, StringComparer.Ordinal)
            .Select(item => Describe(item.Key, item.Value))];
    }

    // Those that failed or were locked out never came to know their set; where there is only one, they are of it.
    private void AdoptWithoutSet()
    {
        foreach (var orphan in _kinds.Keys.Where(kind => kind.Set is null).ToList())
        {
            if (_kinds.Keys.Where(kind => kind.Set is not null && kind with { Set = null } == orphan).ToList() is [var owner])
            {
                _kinds[owner].Adopt(_kinds[orphan]);
                _kinds.Remove(orphan);
            }
        }
    }

    private static RunSummary Describe(Kind kind, Runs runs) => new()
    {
        Operation = kind.Operation,
        Environment = kind.Environment,
        Source = kind.Source,
        Type = kind.Type,
        Set = kind.Set,
        RunCount = runs.Count,
        FailureCount = runs.Failures,
        LockedCount = runs.Locked,
        First = runs.First,
        Last = runs.Newest.StartTime,
        LastOutcome = runs.Newest.Outcome,
        LastGood = runs.NewestGood?.StartTime,
        LastDuration = runs.NewestGood?.Duration,
        MedianDuration = Median(runs.Durations) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        DurationChange = Change(runs.Durations),
        LastSize = runs.NewestGood?.StoredSize,
        SizeChange = Change(runs.Sizes),
        MedianBytesPerSecond = Median(runs.Speeds),
        SpeedChange = Change(runs.Speeds),
    };

    private static void AddTo(List<double> values, double? value)
    {
        if (value is { } known)
        {
            values.Add(known);
        }
    }

    private static double? Change(List<double> newestFirst)
    {
        if (newestFirst.Count < FewestForChange)
        {
            return null;
        }

        var half = newestFirst.Count / 2;
        var newer = Median(newestFirst[..half])!.Value;
        var older = Median(newestFirst[^half..])!.Value;
        return older > 0 ? Math.Round(((newer / older) - 1) * 100, 1) : null;
    }

    private static double? Median(List<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private sealed record Kind(RunOperation Operation, string Environment, BackupSource? Source, BackupType? Type, string? Set);

    private sealed class Runs
    {
        public required RunRecord Newest { get; set; }

        public RunRecord? NewestGood { get; set; }

        public int Count { get; set; }

        public int Failures { get; set; }

        public int Locked { get; set; }

        public DateTime First { get; set; }

        public List<double> Durations { get; } = [];

        public List<double> Sizes { get; } = [];

        public List<double> Speeds { get; } = [];

        public void Adopt(Runs others)
        {
            Count += others.Count;
            Failures += others.Failures;
            Locked += others.Locked;
            First = First < others.First ? First : others.First;
            Newest = Newest.StartTime > others.Newest.StartTime ? Newest : others.Newest;
        }
    }
}
