using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Inserts batches as they come from the dump: several at a time, of one collection or of many; those of a capped collection one behind
/// the other, because their order is its order.
/// </summary>
internal sealed class InsertDispatcher(BatchInserter inserter, OperationProgress.Part progress, int parallelism, CancellationToken cancellationToken) : IDisposable
{
    private readonly SemaphoreSlim _room = new(parallelism);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly List<Task> _running = [];
    private readonly Dictionary<StagedCollection, Task> _tails = [];

    /// <summary>Takes a batch, which it disposes, as soon as there is room. The first failure comes out of here or of <see cref="CompleteAsync" />.</summary>
    public async Task AddAsync(StagedCollection target, DocumentBatch batch)
    {
        _running.RemoveAll(task => task.IsCompletedSuccessfully);
        try
        {
            await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            batch.Dispose();
            await CompleteAsync().ConfigureAwait(false);
            throw;
        }

        var before = target.IsCapped ? _tails.GetValueOrDefault(target, Task.CompletedTask) : Task.CompletedTask;
        var task = Task.Run(() => InsertAsync(target, batch, before), CancellationToken.None);
        _running.Add(task);
        if (target.IsCapped)
        {
            _tails[target] = task;
        }
    }

    /// <summary>Waits until everything is inserted.</summary>
    public async Task CompleteAsync()
    {
        try
        {
            await Task.WhenAll(_running).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_running.Find(task => task.IsFaulted) is { } failed)
        {
            // One failure cancels the others; it is the one to tell.
            await failed.ConfigureAwait(false);
        }

        _running.Clear();
        _tails.Clear();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _room.Dispose();
    }

    /// <summary>Stops what is running and waits for it, so that nothing writes any more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task InsertAsync(StagedCollection target, DocumentBatch batch, Task before)
    {
        try
        {
            using (batch)
            {
                await before.ConfigureAwait(false);
                var inserted = await inserter.InsertAsync(
                    target.Database, target.StagingName, target.TargetName, batch.Documents, target.IsCapped, _stop.Token).ConfigureAwait(false);
                target.Add(inserted);
                progress.Add(batch.Count, batch.Documents.Length);
            }
        }
        catch
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _room.Release();
        }
    }
}
