using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>What surrounds every operation that does something.</summary>
public sealed partial class BackupEngine
{
    /// <summary>The times of locks.</summary>
    internal LockOptions LockOptions { get; init; } = new();

    // In the order in which they are told of the end: a notification tells of what others before it have done.
    private static IReadOnlyList<IRunObserver> CreateObservers(RunContext context) => [new CopyObserver(context), new NotificationObserver(context)];

    private Task<T> RunAsync<T>(
        RunOptions options, EngineSettings settings, IEngineReporter reporter, RunRequest request, Func<Run, CancellationToken, Task<T>> work, Func<T, RunAddition, T> attach, CancellationToken cancellationToken) =>
        new RunFrame(options, settings, LockOptions with { IsWeakAccepted = settings.Require(KnownSettings.AcceptWeakLock) }, reporter, _time, CreateObservers).RunAsync(request, work, attach, cancellationToken);

    // A failure to open is one of the run, and so is told of and remembered where that can be done.
    private Func<IEngineReporter, CancellationToken, Task<IObjectStore?>> Opening(EngineSettings settings, bool isOptional = false) =>
        async (reporter, cancellationToken) => isOptional && !settings.HasDestination ? null : await OpenStoreAsync(settings, reporter, cancellationToken).ConfigureAwait(false);
}
