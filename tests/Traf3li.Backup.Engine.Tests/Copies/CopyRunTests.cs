using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Engine.Runs;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Copies;

namespace Traf3li.Backup.Engine.Tests.Copies;

/// <summary>What is remembered and told of a run that brings a mirror up to date.</summary>
public sealed class CopyRunTests : IDisposable
{
    private readonly TemporaryFolder _here = new();
    private readonly TemporaryFolder _there = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task A_run_that_could_not_copy_some_is_alerted_to()
    {
        var sample = new CopySample(new FileSystemStore(_here.Path, TimeProvider.System), new FileSystemStore(_there.Path, TimeProvider.System));
        var (good, bad) = (await sample.PutAsync(CopySample.Ago(1)), await sample.PutAsync(CopySample.Ago(2)));
        await CopySample.PutObjectAsync(sample.Source, bad, new byte[100_000]);
        var options = new CopyOptions { WorkingDirectory = _here.Path, Destination = _here.Path, To = _there.Path, Environment = "production", Key = [good, bad] };
        await foreach (var _ in new BackupEngine(new FakeEnvironment(), TimeProvider.System).CopyAsync(options, sample.Reporter, Token))
        {
        }

        var records = new List<RunRecord>();
        await foreach (var record in new RunHistory(sample.Target).ListAsync(new HistoryQuery { WorkingDirectory = _here.Path }, sample.Reporter, TimeProvider.System, Token))
        {
            records.Add(record);
        }

        var run = Assert.Single(records);
        Assert.Equal((RunOutcome.Warning, good), (run.Outcome, Assert.Single(run.Key)));
        Assert.Equal((bad, CopyStatus.Failed), Assert.Single(run.Copy) is var copy ? (copy.Key, copy.Status) : default);
        Assert.Equal(NotificationKind.Alert, NotificationPolicies.Decide(NotificationPolicy.OnFailure, run, new NotificationState(), run.EndTime, null).Kind);
        var message = MessageComposer.Compose(run, NotificationKind.Alert, new NotificationState());
        Assert.StartsWith("COPY FAILED: second copies of backups of production", message.Subject, StringComparison.Ordinal);
        Assert.Equal("Some of the second copies of backups of production failed.", message.Summary);
        Assert.Contains(bad, Assert.Single(message.Warning), StringComparison.Ordinal);
    }
}
