using Traf3li.Backup.Integration.Tests.Mongo;

namespace Traf3li.Backup.Integration.Tests.Verification;

public sealed class DrillOnStandalone6Tests(ReplicaSet6 source, Standalone6 scratch) : DrillOnOtherServerTests(source, scratch), IClassFixture<ReplicaSet6>, IClassFixture<Standalone6>;
