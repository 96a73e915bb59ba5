using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Stores;

namespace Traf3li.Backup.Engine.Tests.Locks;

public sealed class StoreLockTests : IDisposable
{
    private const string Name = "mongodb-production";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileSystemStore Store => new(_folder.Path, TimeProvider.System);

    private string LockPath => Path.Join(_folder.Path, LockObject.Folder, $"{Name}.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_held_lock_names_its_holder()
    {
        await using var held = await TakeAsync();

        var error = await Assert.ThrowsAsync<BackupLockedException>(() => TakeAsync());

        Assert.Equal(("BackupLocked", "Backup"), (error.ErrorId, error.Operation));
        Assert.StartsWith($"{Environment.UserName}@{Environment.MachineName} (process {Environment.ProcessId})", error.Holder, StringComparison.Ordinal);
        Assert.InRange(error.Until - error.Since, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(125));
        Assert.Contains("-WaitForLock", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_was_given_back_is_taken_again_and_others_wait_for_it()
    {
        await using var first = await TakeAsync();
        var second = TakeAsync(TimeSpan.FromMinutes(5));
        while (_reporter.Details.IsEmpty)
        {
            await Task.Yield();
        }

        Assert.StartsWith("Waiting: ", Assert.Single(_reporter.Details), StringComparison.Ordinal);
        Assert.False(second.IsCompleted);

        await first.ReleaseAsync(Token);

        await using var next = await second;
        await next.ConfirmAsync(Token);
        Assert.Empty(_reporter.Warnings);
        await Assert.ThrowsAsync<BackupLockLostException>(() => first.ConfirmAsync(Token));
    }

    [Fact]
    public async Task A_lock_is_taken_over_when_its_lease_has_ended_and_its_holder_is_told()
    {
        await using var stale = await TakeAsync();
        await using var other = await TakeAsync(name: "redis-production");
        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddSeconds(-119));
        await Assert.ThrowsAsync<BackupLockedException>(() => TakeAsync());
        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddSeconds(-122));

        await using var next = await TakeAsync();

        Assert.Contains(_reporter.Warnings, text => text.Contains("taken over", StringComparison.Ordinal));
        await Assert.ThrowsAsync<BackupLockLostException>(() => stale.ConfirmAsync(Token));
        Assert.True(stale.Lost.IsCancellationRequested);
        await stale.ReleaseAsync(Token);
        await next.ConfirmAsync(Token);
        await other.ConfirmAsync(Token);
    }

    [Fact]
    public async Task A_lock_is_renewed_while_it_is_held_and_no_longer()
    {
        var options = new LockOptions { Renewal = TimeSpan.FromMilliseconds(1) };
        await using (var held = await TakeAsync(options: options))
        {
            while ((await ReadAsync()).Renewal < 5)
            {
                await Task.Yield();
            }

            await held.ReleaseAsync(Token);
            await held.ReleaseAsync(Token);
        }

        Assert.True((await ReadAsync()).IsReleased);
    }

    [Fact]
    public async Task A_renewal_that_fails_in_any_way_is_tried_again()
    {
        var store = new UnsteadyStore(Store);
        await using var held = await new LockTaking(store, new LockOptions { Renewal = TimeSpan.FromMilliseconds(1) }, _reporter, TimeProvider.System).TakeAsync(Name, "Backup", TimeSpan.Zero, Token);
        store.FailOnce(new TimeoutException("no answer"));
        await store.Failed.Task.WaitAsync(Token);
        var before = (await ReadAsync()).Renewal;

        while ((await ReadAsync()).Renewal <= before)
        {
            await Task.Delay(1, Token);
        }
    }

    [Fact]
    public async Task A_run_that_may_not_write_where_retention_does_asks_for_the_stores_time_all_the_same()
    {
        await using var held = await TakeAsync();
        var store = new UnsteadyStore(Store) { Denied = RemovalJournal.Folder };
        var taking = new LockTaking(store, new LockOptions(), _reporter, new MovedTime { By = TimeSpan.FromMinutes(10) });

        await Assert.ThrowsAsync<BackupLockedException>(() => taking.TakeAsync(Name, "Restore", TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task A_clock_that_is_set_while_one_waits_takes_no_lock_from_anybody()
    {
        await using var first = await TakeAsync();
        var time = new MovedTime();
        var store = new UnsteadyStore(Store);
        var taking = new LockTaking(store, new LockOptions { Poll = TimeSpan.FromMilliseconds(2) }, _reporter, time);
        var second = taking.TakeAsync(Name, "Backup", TimeSpan.FromMinutes(5), Token);
        while (_reporter.Details.IsEmpty)
        {
            await Task.Yield();
        }

        time.By = TimeSpan.FromMinutes(10);
        var before = store.Finds;
        while (!second.IsCompleted && store.Finds < before + 10)
        {
            await Task.Yield();
        }

        Assert.False(second.IsCompleted);
        await first.ReleaseAsync(Token);
        await using var next = await second;
        Assert.Empty(_reporter.Warnings);
    }

    [Fact]
    public async Task The_lock_of_a_killed_process_is_taken_over_at_once()
    {
        await KilledHolder.RunAsync(_folder.Path, Token);
        Assert.False((await ReadAsync()).IsReleased);

        await using var next = await TakeAsync();

        Assert.Contains("has ended without giving back the lock", Assert.Single(_reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_of_another_system_with_the_same_name_and_id_may_live()
    {
        await using var held = await TakeAsync();
        var text = await ReadAsync();
        var dead = text.Holder.Process with { ProcessStart = 1 };
        await File.WriteAllBytesAsync(LockPath, (text with { Holder = text.Holder with { Process = dead, System = "another boot" } }).ToBytes(), Token);

        await Assert.ThrowsAsync<BackupLockedException>(() => TakeAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"holder\":null,\"operation\":\"x\",\"begun\":\"2026-01-01T00:00:00Z\",\"leaseSeconds\":120,\"token\":\"t\"}")]
    [InlineData("{\"leaseSeconds\":2147483647}")]
    public async Task What_is_no_lock_holds_for_a_lease_and_no_longer(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LockPath)!);
        await File.WriteAllTextAsync(LockPath, text, Token);

        Assert.Equal("Someone", (await Assert.ThrowsAsync<BackupLockedException>(() => TakeAsync())).Holder);

        File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow.AddMinutes(-3));
        await using var next = await TakeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_ignores_conditions_gets_the_weaker_way_and_a_warning_unless_that_is_accepted(bool isAccepted)
    {
        var options = new LockOptions { Settle = TimeSpan.FromMilliseconds(1), IsWeakAccepted = isAccepted };
        var store = new UnconditionalStore(Store);
        var taking = new LockTaking(store, options, _reporter, TimeProvider.System);
        await using var held = await taking.TakeAsync(Name, "Backup", TimeSpan.Zero, Token);
        Assert.Contains("does not keep a second writer out", Assert.Single(isAccepted ? _reporter.Details : _reporter.Warnings), StringComparison.Ordinal);
        await held.ConfirmAsync(Token);
        await Assert.ThrowsAsync<BackupLockedException>(() => taking.TakeAsync(Name, "Backup", TimeSpan.Zero, Token));

        // Another one that has overwritten it.
        await File.WriteAllBytesAsync(LockPath, ((await ReadAsync()) with { Token = "another" }).ToBytes(), Token);

        await Assert.ThrowsAsync<BackupLockLostException>(() => held.ConfirmAsync(Token));
        Assert.Equal("another", (await ReadAsync()).Token);
    }

    [Fact]
    public async Task Of_two_processes_that_race_200_times_never_both_hold_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => RacingProcess.RunAsync(_folder.Path, Token)));

        Assert.Equal(200, await LockRace.ReadAsync(Store, Token));
    }

    private Task<StoreLock> TakeAsync(TimeSpan wait = default, string name = Name, LockOptions? options = null) =>
        new LockTaking(Store, options ?? new LockOptions { Poll = TimeSpan.FromMilliseconds(5) }, _reporter, TimeProvider.System).TakeAsync(name, "Backup", wait, Token);

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }

    private async Task<LockText> ReadAsync() => (await new LockObject(Store, Name).ReadAsync(Token))!.Value.Text!;
}
