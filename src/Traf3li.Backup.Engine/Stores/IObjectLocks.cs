using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores;

/// <summary>
/// What keeps single objects of a store from being removed: S3 Object Lock, by a retention until some time or by a legal hold (Amazon S3 user guide,
/// "Locking objects with Object Lock"). All is about the newest version of an object.
/// </summary>
internal interface IObjectLocks
{
    /// <summary>Whether objects can be locked at all; not known where the store does not let itself be asked.</summary>
    Task<Fact<bool>> AreOnAsync(CancellationToken cancellationToken);

    /// <summary>What keeps an object; what could not be read is in the answer too.</summary>
    Task<ObjectLockState> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Puts a legal hold on an object, or lifts it.</summary>
    Task HoldAsync(string key, bool isHeld, CancellationToken cancellationToken);

    /// <summary>Retains an object until a time, so that only who has a special right can remove it. A longer or stricter retention makes this fail.</summary>
    Task RetainAsync(string key, DateTime until, CancellationToken cancellationToken);

    /// <summary>Ends such a retention, or lets it end earlier, by that special right.</summary>
    /// <param name="key">The object.</param>
    /// <param name="until">The new end, UTC; null ends it now, or within minutes where the store knows no end that is past.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task ShortenAsync(string key, DateTime? until, CancellationToken cancellationToken);
}
