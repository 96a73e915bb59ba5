using MongoDB.Bson;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Tests.Mongo.Oplog;

public sealed class OplogSpoolTests
{
    [Theory]
    [InlineData(10, 100)]
    [InlineData(40, 1_000_000)]
    public async Task Entries_come_back_in_order_from_memory_and_from_the_file(int count, int size)
    {
        await using var spool = new OplogSpool();
        var entries = Enumerable.Range(0, count).Select(number => new BsonDocument { { "n", number }, { "x", new byte[size + number] } }.ToBson()).ToArray();
        foreach (var entry in entries)
        {
            await spool.AppendAsync(entry, TestContext.Current.CancellationToken);
        }

        var read = new List<byte[]>();
        await foreach (var entry in spool.ReadAsync(TestContext.Current.CancellationToken))
        {
            read.Add(entry.ToArray());
        }

        Assert.Equal(entries.Select(Convert.ToHexString), read.Select(Convert.ToHexString));
        Assert.Equal(entries.Sum(entry => (long)entry.Length), spool.Length);
    }

    [Fact]
    public async Task No_file_is_left_or_even_visible()
    {
        await using var spool = new OplogSpool();
        var before = Directory.GetFiles(Path.GetTempPath(), "traf3li-oplog-*");
        await spool.AppendAsync(new byte[OplogSpool.MemoryLimit + 1], TestContext.Current.CancellationToken);

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows shows the name until the file is closed.");
        Assert.Equal(before, Directory.GetFiles(Path.GetTempPath(), "traf3li-oplog-*"));
    }
}
