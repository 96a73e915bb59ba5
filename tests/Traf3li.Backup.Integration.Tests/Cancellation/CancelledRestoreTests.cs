using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Integration.Tests.Kill;
using Traf3li.Backup.Integration.Tests.Mongo;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Cancellation;

/// <summary>Restores that are cancelled while they insert: live data is as it was, and what is left, if anything, the next restore removes.</summary>
public sealed class CancelledRestoreTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackupEngine _engine = new(new ProcessEnvironment(), new BusyClock());

    private ShopBeforeAndAfter Shop => new(fixture.Server);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Live_collections_are_as_before_and_the_next_restore_completes()
    {
        var (backup, after) = await BackUpAsync();
        await Shop.FillAsync("before");
        var before = await Shop.ReadAsync();

        await CancelAsync(Options(backup));

        Assert.Equal(before, await Shop.ReadAsync());
        await RequireNothingOrJournalAsync();
        await RequireNextSucceedsAsync(Options(backup), after);
    }

    [Fact]
    public async Task In_place_the_journal_tells_the_next_restore_which_completes()
    {
        var (backup, after) = await BackUpAsync();
        await Shop.FillAsync("before");

        await CancelAsync(Options(backup) with { InPlace = true });

        Assert.Contains(await Shop.LeftoversAsync(), name => name.EndsWith(".journal", StringComparison.Ordinal));
        var reporter = await RequireNextSucceedsAsync(Options(backup) with { InPlace = true }, after);
        Assert.Contains(reporter.Warnings, warning => warning.Contains("was stopped while it wrote in place", StringComparison.Ordinal));
    }

    private async Task<(BackupInfo Backup, SortedDictionary<string, string> State)> BackUpAsync()
    {
        await Shop.FillAsync("after");
        var options = new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = fixture.Server.Uri, Database = [ShopBeforeAndAfter.Name] };
        return (await _engine.BackupAsync(options, new RecordingReporter(), TestContext.Current.CancellationToken), await Shop.ReadAsync());
    }

    private async Task CancelAsync(RestoreOptions options)
    {
        using var stop = new CancellationTokenSource();
        var wereStaged = false;
        bool IsInserting(ProgressUpdate update)
        {
            if (update.Activity != "Inserting")
            {
                return false;
            }

            wereStaged = Shop.LeftoversAsync().GetAwaiter().GetResult().Count > 0;
            return true;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.RestoreAsync(options, new ActWhen(IsInserting, stop.Cancel), stop.Token));
        Assert.True(wereStaged, "It was not cancelled while it inserted.");
    }

    private async Task RequireNothingOrJournalAsync()
    {
        var left = await Shop.LeftoversAsync();
        Assert.True(left.Count == 0 || left.Any(name => name.EndsWith(".journal", StringComparison.Ordinal)), $"Without a journal there are {string.Join(", ", left)}.");
    }

    private async Task<RecordingReporter> RequireNextSucceedsAsync(RestoreOptions options, SortedDictionary<string, string> after)
    {
        var reporter = new RecordingReporter();
        await _engine.RestoreAsync(options, reporter, TestContext.Current.CancellationToken);
        Assert.Equal(after, await Shop.ReadAsync());
        Assert.Empty(await Shop.LeftoversAsync());
        return reporter;
    }

    private RestoreOptions Options(BackupInfo backup) => new()
    {
        WorkingDirectory = _folder.Path,
        Destination = _folder.Path,
        Uri = fixture.Server.Uri,
        Backup = backup,
        NoSafetyBackup = true,
    };
}
