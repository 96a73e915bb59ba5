using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>What the history says of tests that found a backup not to be good.</summary>
internal static class FailedTests
{
    /// <summary>The keys of backups whose test failed, and when; not of those that a later test, which went as far, found good.</summary>
    public static async Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(IObjectStore store, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var history = new RunHistory(store);
        var query = new HistoryQuery { WorkingDirectory = "", Operation = [RunOperation.Test] };
        var failed = new Dictionary<string, (DateTime Time, VerificationDepth? Depth)>(StringComparer.Ordinal);
        await foreach (var run in history.ListAsync(query with { Outcome = [RunOutcome.Failed] }, reporter, time, cancellationToken).ConfigureAwait(false))
        {
            // A test that could not be made says nothing of the backup.
            if (run is { ErrorId: "VerificationFailed", Key: [var key] })
            {
                failed.TryAdd(key, (run.StartTime, run.Depth));
            }
        }

        if (failed.Count > 0)
        {
            var passed = query with { Outcome = [RunOutcome.Good, RunOutcome.Warning], After = failed.Values.Min(item => item.Time) };
            await foreach (var run in history.ListAsync(passed, reporter, time, cancellationToken).ConfigureAwait(false))
            {
                if (run.Key is [var key] && failed.TryGetValue(key, out var failure) && run.StartTime > failure.Time && run.Depth >= failure.Depth)
                {
                    failed.Remove(key);
                }
            }
        }

        return failed.ToDictionary(item => item.Key, item => item.Value.Time, StringComparer.Ordinal);
    }
}
