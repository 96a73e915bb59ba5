using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Stores;

public sealed class Ceph16StoreContractTests(Ceph16Fixture fixture) : S3StoreContractTests(fixture);
