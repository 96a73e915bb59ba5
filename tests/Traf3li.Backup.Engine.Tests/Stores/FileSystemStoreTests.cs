using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Stores;

public sealed class FileSystemStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_is_absent_is_created_for_writing_and_missed_for_reading()
    {
        var root = Path.Join(_folder.Path, "not", "yet");
        await using var store = new FileSystemStore(root, TimeProvider.System);

        await Assert.ThrowsAsync<StoreNotFoundException>(() => store.OpenReadAsync("k", 0, null, Token));
        await Assert.ThrowsAsync<StoreNotFoundException>(() => store.FindAsync("k", Token));
        await Assert.ThrowsAsync<StoreNotFoundException>(async () => await store.ListAsync("", Token).GetAsyncEnumerator(Token).MoveNextAsync());
        await Assert.ThrowsAsync<StoreNotFoundException>(() => store.CheckAccessAsync(write: false, Token));
        await store.CheckAccessAsync(write: true, Token);
        Assert.Equal(0, await store.RemoveStaleUploadsAsync("", DateTime.UtcNow, Token));
        Assert.False(Directory.Exists(root));

        await PutAsync(store, "k");
        Assert.NotNull(await store.FindAsync("k", Token));
    }

    [Fact]
    public async Task Files_and_folders_are_for_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await PutAsync(store, "a/k");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(_folder.Path, "a", "k")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Join(_folder.Path, "a")));
    }

    [Fact]
    public async Task A_read_goes_on_in_the_old_object_when_it_is_replaced()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await PutAsync(store, "k", 1, 1, 1, 1);
        await using var stream = await store.OpenReadAsync("k", 0, null, Token);
        await PutAsync(store, "k", 2, 2);

        var content = new byte[4];
        await stream.ReadExactlyAsync(content, Token);
        Assert.Equal([1, 1, 1, 1], content);
    }

    [Fact]
    public async Task A_file_that_shrinks_while_it_is_read_is_an_error()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await PutAsync(store, "k", 1, 1, 1, 1);
        await using var stream = await store.OpenReadAsync("k", 0, null, Token);
        await File.WriteAllBytesAsync(Path.Join(_folder.Path, "k"), [9], Token);

        await Assert.ThrowsAsync<StoreFailedException>(async () => await stream.ReadExactlyAsync(new byte[4], Token));
    }

    [Fact]
    public async Task An_upload_that_is_being_written_here_is_not_stale()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await using var upload = await store.BeginUploadAsync("k", new UploadOptions(), Token);
        await upload.WriteAsync(new byte[] { 1 }, Token);

        Assert.Equal(0, await store.RemoveStaleUploadsAsync("", DateTime.UtcNow.AddDays(1), Token));
        await upload.CompleteAsync(Token);
        Assert.NotNull(await store.FindAsync("k", Token));
    }

    [Fact]
    public async Task Links_that_lead_back_up_do_not_make_an_endless_list()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await PutAsync(store, "a/b/k", 1, 2, 3);
        Directory.CreateSymbolicLink(Path.Join(_folder.Path, "a", "b", "up"), _folder.Path);
        Directory.CreateSymbolicLink(Path.Join(_folder.Path, "a", "linked"), Path.Join(_folder.Path, "a", "b"));
        File.CreateSymbolicLink(Path.Join(_folder.Path, "a", "dangling"), "/nowhere/at/all");
        File.CreateSymbolicLink(Path.Join(_folder.Path, "linked"), Path.Join(_folder.Path, "a", "b", "k"));

        var found = new List<(string, long)>();
        await foreach (var item in store.ListAsync("", Token))
        {
            found.Add((item.Key, item.Size));
        }

        Assert.Equal([("a/b/k", 3), ("a/linked/k", 3), ("linked", 3)], found);
        Assert.Equal(3, (await store.FindAsync("linked", Token))?.Size);
        Assert.Null(await store.FindAsync("a/dangling", Token));
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full_and_nothing_is_kept()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using var store = new FileSystemStore(disk.Path, TimeProvider.System);
        await using (var upload = await store.BeginUploadAsync("a/k", new UploadOptions(), Token))
        {
            var error = await Assert.ThrowsAsync<DiskFullException>(async () =>
            {
                for (var written = 0; written < 4; written++)
                {
                    await upload.WriteAsync(new byte[1 << 20], Token);
                }

                await upload.CompleteAsync(Token);
            });
            Assert.Contains("a/k", error.Path, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(disk.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_read_only_disk_denies_access()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using var store = new FileSystemStore(disk.Path, TimeProvider.System);
        await PutAsync(store, "k");
        disk.MakeReadOnly();

        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => PutAsync(store, "k2"));
        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => store.DeleteAsync("k", Token));
        await Assert.ThrowsAsync<StoreAccessDeniedException>(() => store.CheckAccessAsync(write: true, Token));
        await store.CheckAccessAsync(write: false, Token);
    }

    [Theory]
    [InlineData("a/CON/b", false)]
    [InlineData("a/com1.txt", false)]
    [InlineData("a:b", false)]
    [InlineData("a /b", false)]
    [InlineData("a./b", false)]
    [InlineData("console/com10", true)]
    public void Names_that_windows_changes_are_known(string key, bool allowed) => Assert.Equal(allowed, WindowsNames.AreAllowed(key));

    [Fact]
    public void Windows_disk_errors_are_understood()
    {
        Assert.IsType<DiskFullException>(FileSystemErrors.Map("Write", "k", new IOException("full", unchecked((int)0x80070070))));
        Assert.IsType<DiskFullException>(FileSystemErrors.Map("Write", "k", new IOException("full", unchecked((int)0x80070027))));
        Assert.IsType<StoreFailedException>(FileSystemErrors.Map("Write", "k", new IOException("other", unchecked((int)0x80070020))));
    }

    [Fact]
    public async Task A_process_killed_while_writing_leaves_only_what_the_next_run_removes()
    {
        await using var store = new FileSystemStore(_folder.Path, TimeProvider.System);
        await PutAsync(store, "kept");
        await KilledUpload.RunAsync(_folder.Path, Token);
        Assert.Equal("kept", (await store.FindAsync("kept", Token))?.Key);
        Assert.Single(Directory.GetFiles(_folder.Path, ".*"));
        Assert.Null(await store.FindAsync(KilledUpload.Key, Token));

        Assert.Equal(1, await store.RemoveStaleUploadsAsync("", DateTime.UtcNow.AddMinutes(1), Token));

        Assert.Equal(["kept"], Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)), StringComparer.Ordinal);
    }

    private static async Task PutAsync(FileSystemStore store, string key, params byte[] content)
    {
        await using var upload = await store.BeginUploadAsync(key, new UploadOptions(), Token);
        await upload.WriteAsync(content, Token);
        await upload.CompleteAsync(Token);
    }
}
