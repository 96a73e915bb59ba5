using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>
/// What surrounds the work of every operation that does something: the lock, those who watch, the record in the history. None of it can make a
/// run fail that was good, but the lock.
/// </summary>
internal sealed class RunFrame(
    RunOptions options,
    EngineSettings settings,
    LockOptions lockOptions,
    IEngineReporter outer,
    TimeProvider time,
    Func<RunContext, IReadOnlyList<IRunObserver>> createObservers)
{
    // Long enough for a store that is slow, short enough that a store which is gone does not hold up what has ended.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    // Within the grace that the module gives to work that was told to stop.
    private static readonly TimeSpan StoppedLimit = TimeSpan.FromSeconds(3);

    private readonly RunReporter _reporter = new(outer);

    /// <summary>Runs the work.</summary>
    /// <param name="request">What is done.</param>
    /// <param name="work">The work; it tells the run what belongs into the record.</param>
    /// <param name="attach">Puts into the result what observers have added.</param>
    /// <param name="cancellationToken">Stops the work; the end of the run is then short.</param>
    public async Task<T> RunAsync<T>(
        RunRequest request, Func<Run, CancellationToken, Task<T>> work, Func<T, RunAddition, T> attach, CancellationToken cancellationToken)
    {
        RunLock? held = null;
        var run = new Run(_reporter, Begin(request), token => held?.ConfirmAsync(token) ?? Task.CompletedTask);
        IReadOnlyList<IRunObserver>? observers = null;
        try
        {
            Exception? failure = null;
            T? result = default;
            try
            {
                run.Open(await request.OpenStore(_reporter, cancellationToken).ConfigureAwait(false));
                held = await RunLock.AcquireAsync(run.Store, request, lockOptions, options.WaitForLock ?? TimeSpan.Zero, _reporter, time, cancellationToken).ConfigureAwait(false);
                observers = createObservers(new RunContext(options, settings, run.Store, _reporter, time, cancellationToken));
                await TellBeginAsync(observers, run.Record, cancellationToken).ConfigureAwait(false);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
                result = await work(run, both.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                failure = held?.Explain(exception, cancellationToken) ?? exception;
            }

            observers ??= createObservers(new RunContext(options, settings, run.Store, _reporter, time, cancellationToken));
            var addition = await EndAsync(request, run, failure, observers, held, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            return attach(result!, addition);
        }
        finally
        {
            if (held is not null)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }

            if (run.Store is { } store)
            {
                await store.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private RunRecord Begin(RunRequest request)
    {
        var now = BackupClock.Now(time);
        return new RunRecord
        {
            Id = Guid.NewGuid().ToString("n"),
            Operation = request.Operation,
            Source = request.Source,
            Type = request.Type,
            Environment = request.Environment,
            Key = request.Key,
            KeyCount = request.Key.Count,
            Depth = request.Depth,
            StartTime = now,
            EndTime = now,
            User = CurrentUser.Name,
            ModuleVersion = EngineVersion.Text,
            Destination = "",
        };
    }

    private async Task TellBeginAsync(IReadOnlyList<IRunObserver> observers, RunRecord begun, CancellationToken cancellationToken)
    {
        foreach (var observer in observers)
        {
            try
            {
                await observer.OnBeginAsync(begun, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                _reporter.Warning(RunErrors.Describe(exception));
            }
        }
    }

    private async Task<RunAddition> EndAsync(
        RunRequest request, Run run, Exception? failure, IReadOnlyList<IRunObserver> observers, RunLock? held, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(cancellationToken.IsCancellationRequested ? StoppedLimit : Timeout.InfiniteTimeSpan, time);
        using var stopping = cancellationToken.Register(() => limit.CancelAfter(StoppedLimit));
        if (cancellationToken.IsCancellationRequested && held is not null)
        {
            await held.ReleaseAsync(limit.Token).ConfigureAwait(false);
        }

        var record = RunErrors.Complete(run.Record with { EndTime = BackupClock.Now(time) }, failure, run.HasNothingToDo, cancellationToken) with { Warning = _reporter.Warnings };
        record = RunErrors.Judge(record);
        var (addition, described) = await TellEndAsync(observers, record, limit.Token).ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested)
        {
            limit.CancelAfter(EndLimit);
        }

        var told = await WriteRecordAsync(request, run.IsForgettable ? null : run.Store, described, limit.Token).ConfigureAwait(false);
        if (held is not null)
        {
            await held.ReleaseAsync(limit.Token).ConfigureAwait(false);
        }

        return told is null ? addition : addition with { Warning = [.. addition.Warning, told] };
    }

    private async Task<(RunAddition Addition, RunRecord Record)> TellEndAsync(IReadOnlyList<IRunObserver> observers, RunRecord record, CancellationToken cancellationToken)
    {
        var all = RunAddition.None;
        var own = record.Copy;
        foreach (var observer in observers)
        {
            RunAddition addition;
            try
            {
                addition = await observer.OnEndAsync(record, cancellationToken).ConfigureAwait(false);
                foreach (var warning in addition.Warning)
                {
                    _reporter.Warning(warning);
                }
            }
            catch (Exception exception)
            {
                var warning = RunErrors.Describe(exception);
                _reporter.Warning(warning);
                addition = new RunAddition { Warning = [warning] };
            }

            all = all.With(addition);
            record = RunErrors.Judge(record with { Notification = all.Notification, Copy = [.. own, .. all.Copy], Warning = _reporter.Warnings });
        }

        return (all, record);
    }

    private async Task<string?> WriteRecordAsync(RunRequest request, IObjectStore? store, RunRecord record, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return null;
        }

        try
        {
            await new RunHistory(store).WriteAsync(record, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StoreAccessDeniedException exception) when (request.MayOnlyRead)
        {
            _reporter.Verbose($"This run is not in the history: {exception.Message}");
            return null;
        }
        catch (Exception exception)
        {
            var warning = $"This run could not be written into the history: {RunErrors.Describe(exception)}";
            _reporter.Warning(warning);
            return warning;
        }
    }
}
