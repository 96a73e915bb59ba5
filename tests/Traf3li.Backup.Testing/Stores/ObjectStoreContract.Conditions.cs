using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Stores;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task An_object_is_replaced_in_the_version_that_was_read_and_no_other()
    {
        var first = await PutAsync("swap/a", Bytes(500, seed: 40));
        var found = (await Store.FindAsync("swap/a", Token))!;
        var listed = Assert.Single(await ListAsync("swap/", ""));
        Assert.NotNull(first.Version);
        Assert.Equal((first.Version, first.Version), (found.Version, listed.Version));

        var second = await PutAsync("swap/a", Bytes(500, seed: 41), new UploadOptions { OnlyIfVersion = first.Version });

        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(second.Version, (await Store.FindAsync("swap/a", Token))!.Version);
        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => PutAsync("swap/a", Bytes(500, seed: 42), new UploadOptions { OnlyIfVersion = first.Version }));
        Assert.Equal("swap/a", error.Key);
        Assert.Equal(Bytes(500, seed: 41), await GetAsync("swap/a"));
        await Assert.ThrowsAsync<ObjectChangedException>(() => PutAsync("swap/never", [1], new UploadOptions { OnlyIfVersion = first.Version }));
        Assert.Null(await Store.FindAsync("swap/never", Token));
        Assert.True(await Store.SwapsAtomicallyAsync("swap/a", Token));
    }

    /// <summary>Adding one is a read and a conditional write: when two pass at once, the sum is too small.</summary>
    [Fact]
    public async Task Of_writers_with_one_version_only_one_passes()
    {
        const int Writers = 6;
        const int Each = 15;
        await PutAsync("sum", "0"u8.ToArray());
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Each;)
            {
                try
                {
                    var found = (await Store.FindAsync("sum", Token))!;
                    var sum = int.Parse(await SumAsync(), CultureInfo.InvariantCulture);
                    // No two writers write the same bytes, whose version would be the same: a repeated request could not tell them apart.
                    await PutAsync("sum", Encoding.ASCII.GetBytes($"{sum + 1:000} {Guid.NewGuid():N}"), new UploadOptions { OnlyIfVersion = found.Version });
                    done++;
                }
                catch (Exception error) when (error is ObjectChangedException or StoreFailedException)
                {
                    // Another was faster, perhaps while the sum was read.
                }
            }
        })));

        Assert.Equal($"{Writers * Each}", (await SumAsync()).TrimStart('0'));
    }

    [Fact]
    public async Task Of_writers_to_an_absent_key_only_one_passes()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = $"once/{round}";
            var passed = await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
            {
                try
                {
                    await PutAsync(key, Bytes(100, seed: writer), new UploadOptions { OnlyIfAbsent = true });
                    return true;
                }
                catch (ObjectExistsException)
                {
                    return false;
                }
            })));

            Assert.Single(passed, isFirst => isFirst);
        }
    }

    [Theory]
    [InlineData("", new[] { "b/.x/1", "b/.x/2", "b/a", "b/c/d", "b/c0" })]
    [InlineData("b/.~", new[] { "b/a", "b/c/d", "b/c0" })]
    [InlineData("b/.x/1", new[] { "b/.x/2", "b/a", "b/c/d", "b/c0" })]
    [InlineData("b/c/", new[] { "b/c/d", "b/c0" })]
    [InlineData("b/c/d", new[] { "b/c0" })]
    [InlineData("b/d", new string[0])]
    public async Task A_listing_begins_after_a_key(string after, string[] expected)
    {
        foreach (var key in new[] { "b/.x/1", "b/.x/2", "b/a", "b/c/d", "b/c0", "c" })
        {
            await PutAsync(key, [1]);
        }

        Assert.Equal(expected, (await ListAsync("b/", after)).Select(item => item.Key));
    }

    private async Task<string> SumAsync() => Encoding.ASCII.GetString(await GetAsync("sum")).Split(' ')[0];

    private async Task<List<StoredObject>> ListAsync(string prefix, string after)
    {
        var items = new List<StoredObject>();
        await foreach (var item in Store.ListAsync(prefix, after, Token))
        {
            items.Add(item);
        }

        return items;
    }
}
