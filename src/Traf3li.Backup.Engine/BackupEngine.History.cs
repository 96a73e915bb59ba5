using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine;

/// <summary>What was done.</summary>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async IAsyncEnumerable<RunRecord> ListHistoryAsync(HistoryQuery query, IEngineReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(Resolve(query), reporter, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await foreach (var record in new RunHistory(store).ListAsync(query, reporter, _time, cancellationToken).ConfigureAwait(false))
            {
                yield return record;
            }
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RunSummary>> SummarizeHistoryAsync(HistoryQuery query, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var summaries = new RunSummaries();
        await foreach (var record in ListHistoryAsync(query, reporter, cancellationToken).ConfigureAwait(false))
        {
            summaries.Add(record);
        }

        return summaries.Complete();
    }
}
