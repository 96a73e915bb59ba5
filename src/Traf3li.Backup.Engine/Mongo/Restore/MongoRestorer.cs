using System.Collections.Concurrent;
using System.Globalization;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Restores a dump: everything is staged beside the live collections, read back and compared, brought to one state by the captured oplog,
/// indexed, and only then put into place. Until then live data is as it was; from then on it is finished by this run or the next.
/// </summary>
/// <param name="connection">The target.</param>
/// <param name="pool">Bounds the memory.</param>
/// <param name="planner">Made the layout.</param>
/// <param name="options">What was asked for.</param>
/// <param name="onLateDatabase">
/// Told of a database that holds something and that only the captured oplog leads into, before anything in it is touched.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class MongoRestorer(
    MongoConnection connection, BufferPool pool, RestorePlanner planner, RestoreOptions options, Func<string, CancellationToken, Task> onLateDatabase, TimeProvider time)
{
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(30);

    private readonly int _parallelism = ServerParallelism.Default;
    private readonly List<string> _warnings = [];
    private readonly UsersAndRolesRestorer _users = new(connection);

    /// <summary>Restores what the layout says.</summary>
    public async Task<RestoreOutcome> RunAsync(IDumpReader dump, RestoreLayout layout, OperationProgress progress, CancellationToken cancellationToken)
    {
        if (layout.Targets.Count == 0)
        {
            await ReadUsersAsync(dump, cancellationToken).ConfigureAwait(false);
            await _users.MergeAsync(cancellationToken).ConfigureAwait(false);
            return new RestoreOutcome([], [], 0, null, _warnings);
        }

        var journal = await RestoreJournal.BeginAsync(connection, layout.Databases, options.Backup.Key, options.InPlace, time, cancellationToken).ConfigureAwait(false);
        var refused = new RefusedDocuments(journal.Id);
        await using (journal.ConfigureAwait(false))
        await using (refused.ConfigureAwait(false))
        {
            var isFinishing = false;
            try
            {
                var area = new StagingArea(connection, planner, layout.Live, journal.StagingPrefix, options.InPlace, options.NoIndex)
                {
                    OnDatabaseAsync = (database, token) => EnterAsync(database, layout.Live, journal, token),
                };
                var replayed = await StageAsync(dump, layout, area, refused, progress, cancellationToken).ConfigureAwait(false);
                await area.DropTemporaryAsync(cancellationToken).ConfigureAwait(false);
                RequireNoneRefused(refused);
                await BuildIndexesAsync(area, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                var restored = Describe(area);
                var drops = planner.FindDrops(layout, restored.Select(item => item.Name).ToHashSet(StringComparer.Ordinal));
                var steps = FinishPlan.Create(area, drops, planner, options.Merge);
                await WriteRights.RequireAsync(connection, steps, cancellationToken).ConfigureAwait(false);
                await journal.BeginFinishingAsync(steps, CancellationToken.None).ConfigureAwait(false);
                isFinishing = true;
                await new FinishRunner(connection, pool, CommitQuorum.Parse(options.CommitQuorum)).RunAsync(steps).ConfigureAwait(false);
                await journal.EndAsync(CancellationToken.None).ConfigureAwait(false);
                await _users.MergeAsync(cancellationToken).ConfigureAwait(false);
                return new RestoreOutcome(restored, [.. drops.Select(item => item.FullName)], replayed, refused.Count > 0 ? refused.Folder : null, _warnings);
            }
            catch (Exception exception)
            {
                if (!isFinishing)
                {
                    await CleanUpAsync(journal, layout).ConfigureAwait(false);
                    if (!options.InPlace || exception is OperationCanceledException)
                    {
                        throw;
                    }

                    throw new RestoreFailedException(
                        exception.Message,
                        $"It wrote in place: what it had begun of {string.Join(", ", layout.Live.Databases)} is partial or missing now. The safety backup, if one was taken, holds what was there before.",
                        exception);
                }

                throw new RestoreFailedException(
                    exception.Message,
                    "Every collection was staged and verified, and some are in place already. The same command, run again, puts the others into place.",
                    exception);
            }
        }
    }

    private async Task<long> StageAsync(
        IDumpReader dump, RestoreLayout layout, StagingArea area, RefusedDocuments refused, OperationProgress progress, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(layout.Targets, Concurrently(cancellationToken), async (target, token) => await area.AddAsync(target, token).ConfigureAwait(false))
            .ConfigureAwait(false);

        using var part = progress.Begin("Inserting", totalBytes: null);
        using var dispatcher = new InsertDispatcher(new BatchInserter(connection, pool, refused), part, _parallelism, cancellationToken);
        OplogReplayer? replayer = null;
        try
        {
            while (await dump.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                if (batch.IsOplog)
                {
                    using (batch)
                    {
                        replayer ??= await BeginReplayAsync(dispatcher, area, cancellationToken).ConfigureAwait(false);
                        await ReplayAsync(replayer, batch, dump).ConfigureAwait(false);
                    }
                }
                else
                {
                    await TakeAsync(batch, area, dispatcher).ConfigureAwait(false);
                }
            }

            if (replayer is null)
            {
                await CompleteDataAsync(dispatcher, area, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            await replayer.FinishAsync().ConfigureAwait(false);
            return replayer.Applied;
        }
        catch
        {
            await dispatcher.StopAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (replayer is not null)
            {
                await replayer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task TakeAsync(DocumentBatch batch, StagingArea area, InsertDispatcher dispatcher)
    {
        if (!batch.IsEof && area.Find(batch.Database, batch.Collection) is { } target)
        {
            await dispatcher.AddAsync(target, batch).ConfigureAwait(false);
            return;
        }

        using (batch)
        {
            TakeUsers(batch);
        }
    }

    private void TakeUsers(DocumentBatch batch)
    {
        if (options.IncludeUsersAndRoles && CollectionCatalog.IsUsersAndRoles(batch.Database, batch.Collection))
        {
            _users.Add(batch.Database, batch.Collection, batch.Documents.Span);
        }
    }

    private async Task ReadUsersAsync(IDumpReader dump, CancellationToken cancellationToken)
    {
        while (await dump.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
        {
            using (batch)
            {
                TakeUsers(batch);
            }
        }
    }

    private async Task<OplogReplayer> BeginReplayAsync(InsertDispatcher dispatcher, StagingArea area, CancellationToken cancellationToken)
    {
        await CompleteDataAsync(dispatcher, area, cancellationToken).ConfigureAwait(false);
        return new OplogReplayer(connection, area, options.OplogLimit, cancellationToken);
    }

    private static async Task ReplayAsync(OplogReplayer replayer, DocumentBatch batch, IDumpReader dump)
    {
        try
        {
            await replayer.ApplyAsync(batch.Documents).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            throw new ArchiveCorruptException(dump.Name, batch.Offset, $"the captured oplog cannot be read: {exception.Message}", exception);
        }
    }

    private async Task CompleteDataAsync(InsertDispatcher dispatcher, StagingArea area, CancellationToken cancellationToken)
    {
        await dispatcher.CompleteAsync().ConfigureAwait(false);
        var staged = LargestFirst(area.Collections.Where(item => item.Source is not null));
        await Parallel.ForEachAsync(staged, Concurrently(cancellationToken), async (item, token) => await VerifyAsync(item, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    // So that no long one is left to run alone at the end.
    private static StagedCollection[] LargestFirst(IEnumerable<StagedCollection> items) => [.. items.OrderByDescending(item => item.Inserted.Bytes)];

    // Compares what was read with the manifest, and what the server now holds with what was inserted.
    private async Task VerifyAsync(StagedCollection item, CancellationToken cancellationToken)
    {
        var inserted = item.Inserted;
        var read = item.Read;
        if (item.Source?.Recorded is { } recorded && (read.Count != recorded.Count || read.ToHex() != recorded.ContentHash))
        {
            throw new VerificationFailedException(
                item.FullName,
                string.Create(CultureInfo.InvariantCulture, $"the backup holds {read.Count} documents with hash {read.ToHex()}, and {recorded.Count} with {recorded.ContentHash} were recorded."));
        }

        var stored = await CollectionHasher.HashAsync(connection, item.Database, item.StagingName, isRawData: false, cancellationToken).ConfigureAwait(false);
        if (!stored.Equals(inserted) && !item.IsCapped)
        {
            throw new VerificationFailedException(
                item.FullName,
                string.Create(CultureInfo.InvariantCulture, $"the server holds {stored.Count} documents of {stored.Bytes} bytes with hash {stored.ToHex()}, and {inserted.Count} of {inserted.Bytes} with {inserted.ToHex()} were inserted."));
        }
    }

    private void RequireNoneRefused(RefusedDocuments refused)
    {
        if (refused.Count == 0)
        {
            return;
        }

        if (!options.AllowRefused)
        {
            throw new DocumentsRefusedException(refused.Count, refused.Folder, refused.Sample);
        }

        _warnings.Add($"The server refused {refused.Count} documents, which were left out; they are in {refused.Folder}. The first: {refused.Sample}");
    }

    private async Task BuildIndexesAsync(StagingArea area, CancellationToken cancellationToken)
    {
        var builder = new IndexBuilder(connection, CommitQuorum.Parse(options.CommitQuorum));
        var refused = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            LargestFirst(area.Collections.Where(item => !options.Merge || item.Live is null)),
            Concurrently(cancellationToken),
            async (item, token) =>
            {
                var refusals = item.IsTimeSeries
                    ? await area.RehearseTimeSeriesAsync(item, builder, token).ConfigureAwait(false)
                    : await builder.BuildAsync(item.Database, item.StagingName, item.TargetName, item.Indexes, token).ConfigureAwait(false);
                foreach (var refusal in refusals)
                {
                    refused.Enqueue(refusal);
                }
            }).ConfigureAwait(false);
        await area.RehearseViewsAsync(cancellationToken).ConfigureAwait(false);
        if (!refused.IsEmpty && !options.AllowRefused)
        {
            throw new IndexesRefusedException([.. refused.Order(StringComparer.Ordinal)]);
        }

        _warnings.AddRange(refused.Order(StringComparer.Ordinal).Select(refusal => $"Not built, because the server refused it: {refusal}"));
    }

    // A database that came to be while the backup ran: the archive names it nowhere before its oplog.
    private async Task EnterAsync(string database, LiveCollections live, RestoreJournal journal, CancellationToken cancellationToken)
    {
        await journal.SetDatabasesAsync([.. live.Databases, database], cancellationToken).ConfigureAwait(false);
        if (await live.AddAsync(database, cancellationToken).ConfigureAwait(false) > 0)
        {
            await onLateDatabase(database, cancellationToken).ConfigureAwait(false);
        }
    }

    private IReadOnlyList<RestoredNamespace> Describe(StagingArea area)
    {
        var collections = area.Collections.Select(item => new RestoredNamespace(
            item.FullName, item.IsTimeSeries ? "timeseries" : "collection", item.Inserted.Count, item.Inserted.Bytes, item.Indexes.Count + 1, item.Refused, !item.IsCapped));
        var views = area.Views.Keys.Select(view => planner.Map(view.Database, view.Collection))
            .Select(target => new RestoredNamespace($"{target.Database}.{target.Collection}", "view", 0, 0, 0, 0, Verified: false));
        return [.. collections.Concat(views).OrderBy(item => item.Name, StringComparer.Ordinal)];
    }

    private async Task CleanUpAsync(RestoreJournal journal, RestoreLayout layout)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, time);
        try
        {
            await RestoreRecovery.DropStagedAsync(connection, layout.Live.Databases, journal.Id, timeout.Token).ConfigureAwait(false);
            if (!options.InPlace)
            {
                await journal.EndAsync(timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            // The journal stays, and the next restore cleans up by it, as after one in place, which it has to tell of.
        }
    }

    private ParallelOptions Concurrently(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = _parallelism, CancellationToken = cancellationToken };
}
