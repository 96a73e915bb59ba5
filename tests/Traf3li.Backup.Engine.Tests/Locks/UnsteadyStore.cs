using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Locks;

/// <summary>A store that counts how often it is looked into, and fails or refuses where a test wants it to.</summary>
internal sealed class UnsteadyStore(IObjectStore inner) : WrappedStore(inner)
{
    private Exception? _next;
    private int _finds;

    /// <summary>How often an object was looked for.</summary>
    public int Finds => Volatile.Read(ref _finds);

    /// <summary>The folder that may not be written to; null for none.</summary>
    public string? Denied { get; init; }

    /// <summary>Done when <see cref="FailOnce" /> has had its effect.</summary>
    public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the next upload fail.</summary>
    public void FailOnce(Exception failure) => Volatile.Write(ref _next, failure);

    public override Task<IObjectUpload> BeginUploadAsync(string key, UploadOptions options, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _next, null) is { } failure)
        {
            Failed.TrySetResult();
            throw failure;
        }

        return Denied is not null && key.StartsWith(Denied, StringComparison.Ordinal)
            ? throw new StoreAccessDeniedException("s3:PutObject", key, "No policy allows it.")
            : base.BeginUploadAsync(key, options, cancellationToken);
    }

    public override Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _finds);
        return base.FindAsync(key, cancellationToken);
    }
}
