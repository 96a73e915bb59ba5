using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class Ceph18ObjectLockTests(Ceph18Fixture fixture) : S3ObjectLockTests(fixture);
