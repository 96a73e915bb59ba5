using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Retention;

/// <summary>A store with locks of its own.</summary>
internal sealed class LockingStore(IObjectStore inner, IObjectLocks locks) : WrappedStore(inner)
{
    public override IObjectLocks ObjectLocks => locks;
}
