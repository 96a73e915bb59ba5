using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class TransactionBufferTests : IAsyncDisposable
{
    private readonly TransactionBuffer _buffer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _buffer.DisposeAsync();

    [Fact]
    public async Task A_transaction_in_one_entry_takes_effect_at_once() => Assert.Equal([1, 2], await TakeAsync(Entry(session: 1, [1, 2])));

    [Fact]
    public async Task Parts_wait_for_the_last_one_and_sessions_are_kept_apart()
    {
        Assert.Empty(await TakeAsync(Entry(session: 1, [1], partial: true)));
        Assert.Empty(await TakeAsync(Entry(session: 2, [10], partial: true)));
        Assert.Empty(await TakeAsync(Entry(session: 1, [2], partial: true)));
        Assert.Equal([1, 2, 3], await TakeAsync(Entry(session: 1, [3])));
        Assert.Equal([10, 11], await TakeAsync(Entry(session: 2, [11])));
    }

    [Fact]
    public async Task One_of_which_a_part_is_missing_is_not_applied_as_if_it_were_whole()
    {
        await TakeAsync(Entry(session: 1, [2], partial: true));
        await Assert.ThrowsAsync<OplogGapException>(() => TakeAsync(Entry(session: 1, [3], count: 3)));
        await Assert.ThrowsAsync<OplogGapException>(() => TakeAsync(Entry(session: 2, [3], prepare: true, count: 2)));

        await TakeAsync(Entry(session: 3, [1, 2], partial: true));
        Assert.Equal([1, 2, 3], await TakeAsync(Entry(session: 3, [3], count: 3)));
    }

    [Fact]
    public async Task What_does_not_fit_into_memory_comes_back_in_order()
    {
        var parts = Enumerable.Range(0, 12).ToArray();
        foreach (var part in parts)
        {
            Assert.Empty(await TakeAsync(Entry(session: 1, [.. Enumerable.Range(part * 1_000, 1_000)], partial: true, padding: 1_000)));
        }

        Assert.Equal(Enumerable.Range(0, 12_001), await TakeAsync(Entry(session: 1, [12_000], count: 12_001)));
    }

    [Fact]
    public async Task A_prepared_one_waits_for_its_commit()
    {
        Assert.Empty(await TakeAsync(Entry(session: 1, [1], prepare: true)));

        Assert.Equal([1], await NumbersAsync(_buffer.CommitAsync(Command("commitTransaction", session: 1), Token)));
    }

    [Fact]
    public async Task An_aborted_one_is_forgotten_and_cannot_commit()
    {
        await TakeAsync(Entry(session: 1, [1], prepare: true));
        await _buffer.AbortAsync(Command("abortTransaction", session: 1));

        Assert.Throws<OplogGapException>(() => _buffer.CommitAsync(Command("commitTransaction", session: 1), Token));
    }

    [Fact]
    public async Task Vectored_inserts_of_one_session_stand_each_for_itself()
    {
        Assert.Equal([1], await TakeAsync(Entry(session: 1, [1], vectored: true)));
        Assert.Equal([2], await TakeAsync(Entry(session: 1, [2], vectored: true)));
    }

    private static byte[] Entry(int session, int[] numbers, bool partial = false, bool prepare = false, bool vectored = false, long? count = null, int padding = 0)
    {
        var change = new BsonDocument("applyOps", new BsonArray(numbers.Select(number => new BsonDocument { { "op", "i" }, { "ns", "a.b" }, { "o", new BsonDocument { { "_id", number }, { "x", new byte[padding] } } } })));
        if (partial)
        {
            change["partialTxn"] = true;
        }

        if (prepare)
        {
            change["prepare"] = true;
        }

        if (count is not null)
        {
            change["count"] = count;
        }

        var entry = Base(session).Add("o", change);
        return (vectored ? entry.Add("multiOpType", 1) : entry).ToBson();
    }

    private static byte[] Command(string name, int session) => Base(session).Add("o", new BsonDocument(name, 1)).ToBson();

    private static BsonDocument Base(int session) => new()
    {
        { "ts", new BsonTimestamp(5, 1) }, { "op", "c" }, { "ns", "admin.$cmd" }, { "lsid", new BsonDocument("id", session) }, { "txnNumber", 7L },
    };

    private static async Task<List<int>> NumbersAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> operations)
    {
        var numbers = new List<int>();
        await foreach (var operation in operations)
        {
            numbers.Add(BsonSerializer.Deserialize<BsonDocument>(operation.ToArray())["o"]["_id"].AsInt32);
        }

        return numbers;
    }

    private Task<List<int>> TakeAsync(byte[] entry) => NumbersAsync(_buffer.TakeAsync(entry, Token));
}
