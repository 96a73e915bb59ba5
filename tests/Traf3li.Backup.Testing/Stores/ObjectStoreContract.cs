using System.Buffers.Binary;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Stores;

/// <summary>What every store promises (IObjectStore). A store's tests derive from it.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    private IObjectStore? _store;

    /// <summary>The token of the running test.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store under test, empty when the test begins.</summary>
    private protected IObjectStore Store => _store!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _store = await OpenEmptyStoreAsync();
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_object_reads_back_as_it_was_written()
    {
        var written = await PutAsync("a/b/c.bin", Bytes(100_000, seed: 1));

        Assert.Equal(("a/b/c.bin", 100_000L), (written.Key, written.Size));
        Assert.Equal(Bytes(100_000, seed: 1), await GetAsync("a/b/c.bin"));
        var found = await Store.FindAsync("a/b/c.bin", Token);
        Assert.Equal((written.Key, written.Size), (found?.Key, found?.Size));
        Assert.Equal(DateTimeKind.Utc, found!.LastModified.Kind);
        Assert.InRange(DateTime.UtcNow - found.LastModified, TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        var written = await PutAsync("empty", []);

        Assert.Equal(0, written.Size);
        Assert.Empty(await GetAsync("empty"));
        Assert.Equal(["empty"], await KeysAsync(""));
    }

    [Fact]
    public async Task A_small_object_is_read_whole_with_what_describes_it()
    {
        await PutAsync("a/small", Bytes(1000, seed: 1));
        await PutAsync("a/empty", []);

        var read = await Store.ReadWholeAsync("a/small", 1000, Token);
        Assert.Equal(await Store.FindAsync("a/small", Token), read!.Value.Stored);
        Assert.Equal(Bytes(1000, seed: 1), read.Value.Bytes);
        Assert.Equal((1000L, null), await Store.ReadWholeAsync("a/small", 999, Token) is var (stored, bytes) ? (stored.Size, bytes) : default);
        Assert.Empty((await Store.ReadWholeAsync("a/empty", 10, Token))!.Value.Bytes!);
        Assert.Null(await Store.ReadWholeAsync("a/none", 10, Token));
    }

    [Theory]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(40 * 1024 * 1024 + 17)]
    public async Task A_large_object_written_in_uneven_pieces_reads_back(int size)
    {
        var content = Bytes(size, seed: 2);
        await using (var upload = await Store.BeginUploadAsync("large", new UploadOptions(), Token))
        {
            var random = new Random(3);
            for (var at = 0; at < size;)
            {
                var piece = Math.Min(size - at, random.Next(1, 3_000_000));
                // The store has to be done with the memory when it returns.
                var memory = content.AsSpan(at, piece).ToArray();
                await upload.WriteAsync(memory, Token);
                memory.AsSpan().Clear();
                at += piece;
            }

            Assert.Equal(size, (await upload.CompleteAsync(Token)).Size);
        }

        AssertSame(content, await GetAsync("large"));
    }

    [Fact]
    public async Task Nothing_is_visible_before_the_upload_is_complete()
    {
        await using var upload = await Store.BeginUploadAsync("x/new", new UploadOptions(), Token);
        await upload.WriteAsync(Bytes(9_000_000, seed: 4), Token);

        Assert.Null(await Store.FindAsync("x/new", Token));
        Assert.Empty(await KeysAsync(""));
        await Assert.ThrowsAsync<BackupNotFoundException>(() => GetAsync("x/new"));

        await upload.CompleteAsync(Token);
        Assert.Equal(["x/new"], await KeysAsync(""));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000_000)]
    public async Task An_upload_that_is_disposed_leaves_no_trace(int size)
    {
        await PutAsync("kept", Bytes(10, seed: 5));
        await using (var upload = await Store.BeginUploadAsync("kept", new UploadOptions(), Token))
        {
            await upload.WriteAsync(Bytes(size, seed: 6), Token);
        }

        Assert.Equal(Bytes(10, seed: 5), await GetAsync("kept"));
        Assert.Equal(["kept"], await KeysAsync(""));
        Assert.Equal(0, await CountPartialUploadsAsync());
    }

    [Fact]
    public async Task An_upload_that_is_cancelled_leaves_no_trace()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using (var upload = await Store.BeginUploadAsync("cancelled", new UploadOptions(), Token))
        {
            await upload.WriteAsync(Bytes(18_000_000, seed: 7), cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await upload.WriteAsync(Bytes(18_000_000, seed: 8), cancellation.Token);
                await upload.CompleteAsync(cancellation.Token);
            });
        }

        Assert.Empty(await KeysAsync(""));
        Assert.Equal(0, await CountPartialUploadsAsync());
    }

    [Fact]
    public async Task An_object_is_replaced_at_once()
    {
        await PutAsync("same", Bytes(5000, seed: 9));
        await using var upload = await Store.BeginUploadAsync("same", new UploadOptions(), Token);
        await upload.WriteAsync(Bytes(7000, seed: 10), Token);
        Assert.Equal(Bytes(5000, seed: 9), await GetAsync("same"));

        await upload.CompleteAsync(Token);

        Assert.Equal(Bytes(7000, seed: 10), await GetAsync("same"));
        Assert.Equal(["same"], await KeysAsync(""));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(9_000_000)]
    public async Task Only_if_absent_keeps_what_is_there(int size)
    {
        var exclusive = new UploadOptions { OnlyIfAbsent = true };
        await PutAsync("once", Bytes(size, seed: 11), exclusive);

        var error = await Assert.ThrowsAsync<ObjectExistsException>(() => PutAsync("once", Bytes(size, seed: 12), exclusive));

        Assert.Equal("once", error.Key);
        Assert.Equal(Bytes(size, seed: 11), await GetAsync("once"));
        Assert.Equal(0, await CountPartialUploadsAsync());
    }

    [Fact]
    public async Task Only_if_absent_keeps_what_came_while_uploading()
    {
        await using var late = await Store.BeginUploadAsync("race", new UploadOptions { OnlyIfAbsent = true }, Token);
        await late.WriteAsync(Bytes(100, seed: 13), Token);
        await PutAsync("race", Bytes(100, seed: 14));

        await Assert.ThrowsAsync<ObjectExistsException>(() => late.CompleteAsync(Token));

        Assert.Equal(Bytes(100, seed: 14), await GetAsync("race"));
    }

    [Fact]
    public async Task Keys_are_listed_in_ordinal_order_and_by_prefix()
    {
        string[] keys = ["a-b", "a.c", "a/b-c", "a/b/c", "a/b0", "a0", "aB", "b/a", "é/ü"];
        foreach (var key in keys.Reverse())
        {
            await PutAsync(key, Bytes(key.Length, seed: 15));
        }

        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysAsync(""), StringComparer.Ordinal);
        Assert.Equal(["a/b-c", "a/b/c", "a/b0"], await KeysAsync("a/"));
        Assert.Equal(["a/b-c", "a/b/c", "a/b0"], await KeysAsync("a/b"));
        Assert.Equal(["a/b/c"], await KeysAsync("a/b/"));
        Assert.Equal(["aB"], await KeysAsync("aB"));
        Assert.Empty(await KeysAsync("c"));
        Assert.Empty(await KeysAsync("a/x/y/"));
    }

    [Fact]
    public async Task More_keys_than_a_page_holds_are_all_listed()
    {
        var keys = Enumerable.Range(0, 1050).Select(number => $"many/{number % 3}/{number:D5}").ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (key, _) =>
        {
            await PutAsync(key, [1]);
        });

        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysAsync("many/"), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, 0L)]
    [InlineData(0, 1L)]
    [InlineData(10, 0L)]
    [InlineData(10, 90L)]
    [InlineData(50, null)]
    [InlineData(50, 1000L)]
    [InlineData(99, 1L)]
    [InlineData(100, null)]
    [InlineData(100, 5L)]
    [InlineData(1000, null)]
    [InlineData(1000, 5L)]
    public async Task A_range_ends_where_the_object_ends(long offset, long? length)
    {
        var content = Bytes(100, seed: 16);
        await PutAsync("range", content);

        var start = (int)Math.Min(offset, 100);
        var end = (int)Math.Min(100, start + (length ?? 100));
        Assert.Equal(content[start..end], await GetAsync("range", offset, length));
    }

    [Fact]
    public async Task A_range_within_a_large_object_reads_back()
    {
        var content = Bytes(30_000_000, seed: 17);
        await PutAsync("large-range", content);

        AssertSame(content.AsMemory(7_000_001, 15_000_003), await GetAsync("large-range", 7_000_001, 15_000_003));
        AssertSame(content.AsMemory(29_000_000), await GetAsync("large-range", 29_000_000, 5_000_000));
    }

    [Fact]
    public async Task A_read_may_end_early()
    {
        await PutAsync("early", Bytes(30_000_000, seed: 18));
        await using (var stream = await Store.OpenReadAsync("early", 0, null, Token))
        {
            await stream.ReadExactlyAsync(new byte[10], Token);
        }

        Assert.Equal(Bytes(30_000_000, seed: 18).AsSpan(0, 10).ToArray(), await GetAsync("early", 0, 10));
    }

    [Fact]
    public async Task What_is_missing_is_not_found()
    {
        await PutAsync("there", [1]);

        Assert.Null(await Store.FindAsync("missing", Token));
        Assert.Null(await Store.FindAsync("missing/deep", Token));
        Assert.Equal("missing", (await Assert.ThrowsAsync<BackupNotFoundException>(() => GetAsync("missing"))).Key);
        await Assert.ThrowsAsync<BackupNotFoundException>(() => GetAsync("missing", 5, 10));
    }

    [Fact]
    public async Task Deleting_is_idempotent()
    {
        await PutAsync("gone/a", [1]);
        await PutAsync("gone/b", [2]);

        await Store.DeleteAsync("gone/a", Token);
        await Store.DeleteAsync("gone/a", Token);
        await Store.DeleteAsync("never/was", Token);

        Assert.Equal(["gone/b"], await KeysAsync(""));
        Assert.Null(await Store.FindAsync("gone/a", Token));
    }

    [Theory]
    [InlineData("with space/and  two")]
    [InlineData("plus+plus/a+b")]
    [InlineData("percent%20/%2F%/100%")]
    [InlineData("unicode/نسخة احتياطية/日本語/é")]
    [InlineData("emoji/🗄")]
    [InlineData("marks/!'()~@$&=;,#[]{}^`")]
    [InlineData(".hidden/.dot")]
    [InlineData("dots/..a/b../a..b")]
    public async Task Odd_keys_are_keys(string key)
    {
        await PutAsync(key, Bytes(33, seed: 19));

        Assert.Equal(Bytes(33, seed: 19), await GetAsync(key));
        Assert.Equal(key, (await Store.FindAsync(key, Token))?.Key);
        Assert.Equal([key], await KeysAsync(key[..(key.IndexOf('/', StringComparison.Ordinal) + 1)]));
        await Store.DeleteAsync(key, Token);
        Assert.Empty(await KeysAsync(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("../up")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a\\..\\b")]
    [InlineData("nul\0")]
    [InlineData("line\nbreak")]
    public async Task What_is_no_key_is_refused(string key)
    {
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => Store.BeginUploadAsync(key, new UploadOptions(), Token));
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => Store.FindAsync(key, Token));
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => GetAsync(key));
        await Assert.ThrowsAsync<ConfigurationInvalidException>(() => Store.DeleteAsync(key, Token));
    }

    [Fact]
    public async Task Uploads_run_side_by_side()
    {
        var keys = Enumerable.Range(0, 6).Select(number => $"side/{number}").ToList();
        await Task.WhenAll(keys.Select((key, number) => PutAsync(key, Bytes(9_000_000 + number, seed: 20 + number))));

        for (var number = 0; number < keys.Count; number++)
        {
            AssertSame(Bytes(9_000_000 + number, seed: 20 + number), await GetAsync(keys[number]));
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed_and_nothing_else()
    {
        await PutAsync("stale/complete", Bytes(10, seed: 30));
        await AbandonUploadAsync("stale/abandoned");
        await AbandonUploadAsync("other/abandoned");
        Assert.Equal(2, await CountPartialUploadsAsync());
        Assert.Equal(["stale/complete"], await KeysAsync(""));

        Assert.Equal(0, await Store.RemoveStaleUploadsAsync("stale/", DateTime.UtcNow.AddDays(-1), Token));
        Assert.Equal(1, await Store.RemoveStaleUploadsAsync("stale/", DateTime.UtcNow.AddMinutes(5), Token));
        Assert.Equal(0, await Store.RemoveStaleUploadsAsync("stale/", DateTime.UtcNow.AddMinutes(5), Token));

        Assert.Equal(1, await CountPartialUploadsAsync());
        Assert.Equal(1, await Store.RemoveStaleUploadsAsync("", DateTime.UtcNow.AddMinutes(5), Token));
        Assert.Equal(["stale/complete"], await KeysAsync(""));
        Assert.Equal(Bytes(10, seed: 30), await GetAsync("stale/complete"));
    }

    [Fact]
    public async Task Access_is_checked_without_writing()
    {
        await PutAsync("probe", [1]);

        await Store.CheckAccessAsync(write: false, Token);
        await Store.CheckAccessAsync(write: true, Token);

        Assert.Equal(["probe"], await KeysAsync(""));
        Assert.Equal(0, await CountPartialUploadsAsync());
    }

    [Fact]
    public async Task A_cancelled_token_stops_every_method()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.BeginUploadAsync("k", new UploadOptions(), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindAsync("k", cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.OpenReadAsync("k", 0, null, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync("k", cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CheckAccessAsync(write: true, cancelled.Token));
    }

    /// <summary>Many objects go in one call, also when some of them are gone already.</summary>
    [Fact]
    public async Task Deleting_many_leaves_the_others()
    {
        foreach (var number in Enumerable.Range(0, 12))
        {
            await PutAsync($"many/{number:00}", Bytes(10, number));
        }

        await Store.DeleteAsync([.. Enumerable.Range(2, 20).Select(number => $"many/{number:00}")], Token);
        await Store.DeleteAsync([], Token);

        Assert.Equal(["many/00", "many/01"], await KeysAsync("many/"));
        Assert.False(await Store.KeepsVersionsAsync(Token));
    }

    /// <summary>Opens a store that holds nothing yet.</summary>
    private protected abstract Task<IObjectStore> OpenEmptyStoreAsync();

    /// <summary>Leaves what a killed run would leave of an upload to the key.</summary>
    private protected abstract Task AbandonUploadAsync(string key);

    /// <summary>How many uploads are begun and neither complete nor removed.</summary>
    private protected abstract Task<int> CountPartialUploadsAsync();

    /// <summary>Writes an object.</summary>
    private protected async Task<StoredObject> PutAsync(string key, byte[] content, UploadOptions? options = null)
    {
        await using var upload = await Store.BeginUploadAsync(key, options ?? new UploadOptions(), Token);
        await upload.WriteAsync(content, Token);
        return await upload.CompleteAsync(Token);
    }

    /// <summary>Reads an object or a range of it.</summary>
    private protected async Task<byte[]> GetAsync(string key, long offset = 0, long? length = null)
    {
        await using var stream = await Store.OpenReadAsync(key, offset, length, Token);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Token);
        return memory.ToArray();
    }

    /// <summary>The keys that begin with the prefix.</summary>
    private protected async Task<List<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var item in Store.ListAsync(prefix, Token))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    /// <summary>Compares large contents without printing them.</summary>
    private static void AssertSame(ReadOnlyMemory<byte> expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(-1, expected.Span.CommonPrefixLength(actual) is var same && same == actual.Length ? -1 : same);
    }

    /// <summary>The same bytes for the same size and seed.</summary>
    protected static byte[] Bytes(int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        if (size >= 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content, seed);
        }

        return content;
    }
}
