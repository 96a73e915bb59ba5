namespace Traf3li.Backup.Testing.Servers;

/// <summary>Ceph 18, or the server that TRAF3LI_TEST_S3 names.</summary>
public sealed class Ceph18Fixture() : S3ServerFixture("trixie", mayBeSupplied: true);
