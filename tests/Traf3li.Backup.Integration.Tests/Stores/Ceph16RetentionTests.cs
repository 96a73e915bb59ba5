using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class Ceph16RetentionTests(Ceph16Fixture fixture) : S3RetentionTests(fixture);
