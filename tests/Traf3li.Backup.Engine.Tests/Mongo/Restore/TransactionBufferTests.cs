using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Traf3li.Backup.Engine.Mongo.Restore;

namespace Traf3li.Backup.Engine.Tests.Mongo.Restore;

public sealed class TransactionBufferTests
{
    private readonly TransactionBuffer _buffer = new();

    [Fact]
    public void A_transaction_in_one_entry_takes_effect_at_once() => Assert.Equal([1, 2], Take(Entry(session: 1, [1, 2])));

    [Fact]
    public void Parts_wait_for_the_last_one_and_sessions_are_kept_apart()
    {
        Assert.Empty(Take(Entry(session: 1, [1], partial: true)));
        Assert.Empty(Take(Entry(session: 2, [10], partial: true)));
        Assert.Empty(Take(Entry(session: 1, [2], partial: true)));
        Assert.Equal([1, 2, 3], Take(Entry(session: 1, [3])));
        Assert.Equal([10, 11], Take(Entry(session: 2, [11])));
    }

    [Fact]
    public void One_of_which_a_part_is_missing_is_not_applied_as_if_it_were_whole()
    {
        Take(Entry(session: 1, [2], partial: true));
        Assert.Throws<OplogGapException>(() => Take(Entry(session: 1, [3], count: 3)));
        Assert.Throws<OplogGapException>(() => Take(Entry(session: 2, [3], prepare: true, count: 2)));

        Take(Entry(session: 3, [1, 2], partial: true));
        Assert.Equal([1, 2, 3], Take(Entry(session: 3, [3], count: 3)));
    }

    [Fact]
    public void A_prepared_one_waits_for_its_commit()
    {
        Assert.Empty(Take(Entry(session: 1, [1], prepare: true)));

        Assert.Equal([1], Numbers(_buffer.Commit(Command("commitTransaction", session: 1))));
    }

    [Fact]
    public void An_aborted_one_is_forgotten_and_cannot_commit()
    {
        Take(Entry(session: 1, [1], prepare: true));
        _buffer.Abort(Command("abortTransaction", session: 1));

        Assert.Throws<OplogGapException>(() => _buffer.Commit(Command("commitTransaction", session: 1)));
    }

    [Fact]
    public void Vectored_inserts_of_one_session_stand_each_for_itself()
    {
        Assert.Equal([1], Take(Entry(session: 1, [1], vectored: true)));
        Assert.Equal([2], Take(Entry(session: 1, [2], vectored: true)));
    }

    private static byte[] Entry(int session, int[] numbers, bool partial = false, bool prepare = false, bool vectored = false, long? count = null)
    {
        var change = new BsonDocument("applyOps", new BsonArray(numbers.Select(number => new BsonDocument { { "op", "i" }, { "ns", "a.b" }, { "o", new BsonDocument("_id", number) } })));
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

    private static IEnumerable<int> Numbers(IReadOnlyList<ReadOnlyMemory<byte>> operations) =>
        operations.Select(operation => BsonSerializer.Deserialize<BsonDocument>(operation.ToArray())["o"]["_id"].AsInt32);

    private IEnumerable<int> Take(byte[] entry) => Numbers(_buffer.Take(entry));
}
