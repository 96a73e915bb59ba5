using System.Collections.Concurrent;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>Object Lock as S3 documents it, in memory.</summary>
internal sealed class FakeLocks : IObjectLocks
{
    private readonly ConcurrentDictionary<string, ObjectLockState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>Whether the bucket has it.</summary>
    public Fact<bool> IsOn { get; set; } = Fact.Of(true);

    /// <summary>The actions that are refused.</summary>
    public HashSet<string> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>How often the bucket was asked.</summary>
    public int BucketRequests { get; private set; }

    /// <summary>The objects that were asked for.</summary>
    public IReadOnlyList<string> Asked => [.. _asked.Order(StringComparer.Ordinal)];

    public ObjectLockState this[string key]
    {
        get => _states.GetValueOrDefault(key, ObjectLockState.None);
        set => _states[key] = value;
    }

    public Task<Fact<bool>> AreOnAsync(CancellationToken cancellationToken)
    {
        BucketRequests++;
        return Task.FromResult(IsOn);
    }

    public Task<ObjectLockState> FindAsync(string key, CancellationToken cancellationToken)
    {
        _asked.Enqueue(key);
        return Task.FromResult(Denied.Contains("s3:GetObjectRetention") ? this[key] with { Retention = null, Unknown = ["the right s3:GetObjectRetention is missing"] } : this[key]);
    }

    public Task HoldAsync(string key, bool isHeld, CancellationToken cancellationToken) => Change("s3:PutObjectLegalHold", key, this[key] with { IsHeld = isHeld });

    public Task RetainAsync(string key, DateTime until, CancellationToken cancellationToken) => this[key].Retention is { } present && (present.Mode == ObjectLockMode.Compliance || present.Until > until)
        ? throw new StoreAccessDeniedException("s3:PutObjectRetention", key, "The object is locked.")
        : Change("s3:PutObjectRetention", key, this[key] with { Retention = new RetentionLock(ObjectLockMode.Governance, until) });

    public Task ShortenAsync(string key, DateTime? until, CancellationToken cancellationToken) =>
        Change("s3:BypassGovernanceRetention", key, this[key] with { Retention = until is { } end ? new RetentionLock(ObjectLockMode.Governance, end) : null });

    private Task Change(string action, string key, ObjectLockState state)
    {
        this[key] = Denied.Contains(action) ? throw new StoreAccessDeniedException(action, key, "The keys lack the right.") : state;
        return Task.CompletedTask;
    }
}
