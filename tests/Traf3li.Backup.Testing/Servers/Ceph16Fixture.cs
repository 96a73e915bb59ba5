namespace Traf3li.Backup.Testing.Servers;

/// <summary>Ceph 16: takes checksums only where S3 demands them, like many other stores.</summary>
public sealed class Ceph16Fixture() : S3ServerFixture("bookworm", mayBeSupplied: false);
