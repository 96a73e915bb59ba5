using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class Ceph18StoreContractTests(Ceph18Fixture fixture) : S3StoreContractTests(fixture);
