using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

[assembly: AssemblyFixture(typeof(MongoFixture))]
[assembly: AssemblyFixture(typeof(Ceph18Fixture))]
