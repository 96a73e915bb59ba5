using Traf3li.Backup.Integration.Tests.Mongo;

namespace Traf3li.Backup.Integration.Tests.Verification;

public sealed class DrillOnReplicaSet7Tests(ReplicaSet6 source, ReplicaSet7 scratch) : DrillOnOtherServerTests(source, scratch), IClassFixture<ReplicaSet6>, IClassFixture<ReplicaSet7>;
