using Traf3li.Backup.Testing.Servers;

[assembly: AssemblyFixture(typeof(Ceph18Fixture))]
[assembly: AssemblyFixture(typeof(Ceph16Fixture))]
