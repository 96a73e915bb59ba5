using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>The records of a store. They are listed month by month, so that a long history takes no more memory than a month of it.</summary>
internal sealed class RunHistory(IObjectStore store)
{
    private const int ReadsAtOnce = 8;
    // Restores and removals are what an audit asks for.
    private const int AuditFactor = 3;

    /// <summary>Writes a record and gives its key.</summary>
    public async Task<string> WriteAsync(RunRecord record, CancellationToken cancellationToken)
    {
        var key = RunKey.Of(record).ToString();
        await store.WriteAsync(key, RunSerializer.Serialize(record), new UploadOptions { OnlyIfAbsent = true, ContentType = "application/json" }, cancellationToken).ConfigureAwait(false);

        return key;
    }

    /// <summary>Lists what a query asks for, newest first. A record that cannot be read is a warning, and the list goes on.</summary>
    public async IAsyncEnumerable<RunRecord> ListAsync(
        HistoryQuery query, IEngineReporter reporter, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = query.Latest ?? int.MaxValue;
        await foreach (var month in MonthsAsync(query, time, cancellationToken).ConfigureAwait(false))
        {
            var reading = new Queue<Task<RunRecord?>>();
            var next = 0;
            while (left > 0 && (next < month.Count || reading.Count > 0))
            {
                // No more is read ahead than may still be wanted.
                while (next < month.Count && reading.Count < Math.Min(ReadsAtOnce, left))
                {
                    reading.Enqueue(ReadAsync(month[next++], reporter, cancellationToken));
                }

                if (await reading.Dequeue().ConfigureAwait(false) is { } record && (query.Environment is null || record.Environment == query.Environment))
                {
                    left--;
                    yield return record;
                }
            }

            if (left == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>Deletes the records that are older than so many days, of restores and removals three times that, and says how many.</summary>
    public async Task<int> ClearAsync(int days, DateTime now, CancellationToken cancellationToken)
    {
        var (limit, auditLimit) = (DaysBefore(now, days), DaysBefore(now, (double)days * AuditFactor));
        var old = new List<string>();
        await foreach (var item in store.ListAsync(RunKey.Folder, cancellationToken).ConfigureAwait(false))
        {
            if (RunKey.TryParse(item.Key) is { } key && key.Time < (key.Operation is RunOperation.Restore or RunOperation.Removal ? auditLimit : limit))
            {
                old.Add(item.Key);
            }
        }

        await store.DeleteAsync(old, cancellationToken).ConfigureAwait(false);
        return old.Count;
    }

    private static bool MayMatch(HistoryQuery query, RunKey key) =>
        (query.Operation.Count == 0 || query.Operation.Contains(key.Operation))
        && (query.Source is null or BackupSource.All || key.Source == query.Source || key.Source == BackupSource.All)
        && (query.Type.Count == 0 || (key.Type is { } type && query.Type.Contains(type)))
        && (query.Outcome.Count == 0 || query.Outcome.Contains(key.Outcome))
        && (query.After is null || key.Time >= query.After)
        && (query.Before is null || key.Time < query.Before);

    // The keys of what may match, newest first, in pieces: what clocks that run ahead have dated after this month, then month by month.
    private async IAsyncEnumerable<List<(string Name, RunKey Key)>> MonthsAsync(HistoryQuery query, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FirstMonthAsync(cancellationToken).ConfigureAwait(false) is not { } oldest)
        {
            yield break;
        }

        var newest = MonthOf(time.GetUtcNow().UtcDateTime);
        yield return await KeysAsync(RunKey.Folder, RunKey.FolderOf(newest) + "~", query, cancellationToken).ConfigureAwait(false);
        var from = query.Before is { } before && MonthOf(before) < newest ? MonthOf(before) : newest;
        var to = query.After is { } after && MonthOf(after) > oldest ? MonthOf(after) : oldest;
        for (var month = from; month >= to; month = month.AddMonths(-1))
        {
            yield return await KeysAsync(RunKey.FolderOf(month), "", query, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DateTime?> FirstMonthAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in store.ListAsync(RunKey.Folder, cancellationToken).ConfigureAwait(false))
        {
            if (RunKey.TryParse(item.Key) is { Time.Year: > 1 } key)
            {
                return MonthOf(key.Time);
            }
        }

        return null;
    }

    private async Task<List<(string Name, RunKey Key)>> KeysAsync(string prefix, string after, HistoryQuery query, CancellationToken cancellationToken)
    {
        var keys = new List<(string Name, RunKey Key)>();
        await foreach (var item in store.ListAsync(prefix, after, cancellationToken).ConfigureAwait(false))
        {
            if (RunKey.TryParse(item.Key) is { } key && MayMatch(query, key))
            {
                keys.Add((item.Key, key));
            }
        }

        keys.Reverse();
        return keys;
    }

    private async Task<RunRecord?> ReadAsync((string Name, RunKey Key) item, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        if (await store.ReadWholeAsync(item.Name, RunSerializer.MaxSize, cancellationToken).ConfigureAwait(false) is not var (_, bytes))
        {
            // Retention removed it just now.
            return null;
        }

        if (bytes is not null && RunSerializer.TryDeserialize(bytes, item.Key) is { } record)
        {
            return record;
        }

        reporter.Warning($"The record {item.Name} is damaged and is left out.");
        return null;
    }

    private static DateTime DaysBefore(DateTime now, double days) => days < (now - DateTime.MinValue).TotalDays ? now.AddDays(-days) : DateTime.MinValue;

    private static DateTime MonthOf(DateTime time) => new(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);
}
