using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class Ceph16ObjectLockTests(Ceph16Fixture fixture) : S3ObjectLockTests(fixture);
