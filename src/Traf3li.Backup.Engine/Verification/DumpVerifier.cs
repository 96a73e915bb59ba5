using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>Tests an archive or a dump folder that has no manifest: all that it says of itself is checked, and every document.</summary>
internal sealed class DumpVerifier(ProblemList problems)
{
    /// <summary>How many batches are worked on at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Reads it to its end, or to where it is damaged.</summary>
    /// <param name="dump">The dump, not yet read from.</param>
    /// <param name="progress">Told what was read.</param>
    /// <param name="cancellationToken">Stops the test.</param>
    /// <returns>What was found; its <see cref="BackupContents.BytesRead" /> is for the caller to fill in.</returns>
    public async Task<BackupContents> VerifyAsync(IDumpReader dump, OperationProgress.Part progress, CancellationToken cancellationToken)
    {
        var tallies = dump.Prelude.Namespaces.Select(item => new NamespaceTally(item.Database, item.Collection, problems)).ToList();
        var found = new List<BatchFacts>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Workers + 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ReadAsync(dump, tallies, found, cancellationToken), options, (item, _) =>
        {
            var (facts, batch) = item;
            using (batch)
            {
                var inspector = new DocumentInspector(facts.Owner.Name, batch.IsOplog, problems);
                inspector.Add(batch.Documents.Span, batch.Offset);
                facts.Run = inspector.Complete(Crc64Xz.Append(0, batch.Documents.Span));
                progress.Add(batch.Count, batch.Documents.Length);
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        foreach (var facts in found)
        {
            if (facts.EndCrc is { } crc)
            {
                facts.Owner.End(crc);
            }
            else
            {
                facts.Owner.Add(facts.Run);
            }
        }

        return new BackupContents(dump.Prelude, tallies, BytesRead: 0);
    }

    private async IAsyncEnumerable<(BatchFacts Facts, DocumentBatch Batch)> ReadAsync(
        IDumpReader dump, List<NamespaceTally> tallies, List<BatchFacts> found, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NamespaceTally? owner = null;
        while (await NextAsync(dump, tallies, cancellationToken).ConfigureAwait(false) is { } batch)
        {
            if (owner is null || !owner.Owns(batch.Database, batch.Collection))
            {
                owner = FindOwner(tallies, batch);
            }

            var facts = new BatchFacts(owner);
            found.Add(facts);
            if (batch.IsEof)
            {
                facts.EndCrc = batch.StoredCrc;
                batch.Dispose();
                continue;
            }

            yield return (facts, batch);
        }
    }

    private async Task<DocumentBatch?> NextAsync(IDumpReader dump, List<NamespaceTally> tallies, CancellationToken cancellationToken)
    {
        try
        {
            return await dump.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException exception) when (exception is ArchiveCorruptException or ForeignFileException)
        {
            // A stream of segments has no place to go on from.
            problems.Add($"{exception.Message} What lies behind that place was not tested.");
            tallies.ForEach(tally => tally.Lose());
            return null;
        }
    }

    private NamespaceTally FindOwner(List<NamespaceTally> tallies, DocumentBatch batch)
    {
        // An archive of an old tool need not list its oplog.
        if (tallies.Find(tally => tally.Owns(batch.Database, batch.Collection)) is { } owner)
        {
            return owner;
        }

        var unlisted = new NamespaceTally(batch.Database, batch.Collection, problems);
        tallies.Add(unlisted);
        return unlisted;
    }

    private sealed class BatchFacts(NamespaceTally owner)
    {
        public NamespaceTally Owner => owner;

        public DocumentRunFacts Run { get; set; }

        public ulong? EndCrc { get; set; }
    }
}
