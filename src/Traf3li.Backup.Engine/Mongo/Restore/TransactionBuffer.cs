using System.Globalization;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Puts the operations of transactions together. One that is too large for an entry spans several applyOps entries linked by prevOpTime; a
/// prepared one takes effect at its commitTransaction entry. Any other applyOps takes effect at once
/// (mongo/src/mongo/db/repl/transaction_oplog_application.cpp).
/// </summary>
internal sealed class TransactionBuffer
{
    private readonly Dictionary<string, List<ReadOnlyMemory<byte>>> _open = new(StringComparer.Ordinal);

    /// <summary>The operations that take effect with this applyOps entry; empty when it is only a part.</summary>
    /// <exception cref="OplogGapException">It ends a transaction of which a part is missing.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Take(ReadOnlyMemory<byte> entry)
    {
        var change = ReadChange(entry.Span);
        var (operations, isPartial, isPrepared, count) = ReadOperations(change);
        var key = KeyOf(entry.Span);

        // Vectored inserts (multiOpType 1) carry a session too, but are no transaction: each entry stands for itself.
        if (key is null || IsVectoredInsert(entry.Span))
        {
            return operations;
        }

        _open.Remove(key, out var all);
        (all ??= []).AddRange(operations);
        if (isPartial || isPrepared)
        {
            _open.Add(key, all);
        }

        // The last entry of several says how many operations there are in all. Parts of one that ended before the data was read may lack their beginning.
        if (!isPartial && count is not null && count != all.Count)
        {
            throw new OplogGapException(
                string.Create(CultureInfo.InvariantCulture, $"the transaction at {OplogEntry.Read(entry.Span).Position} has {count} operations, of which {all.Count} were captured."));
        }

        return isPartial || isPrepared ? [] : all;
    }

    /// <summary>The operations of a prepared transaction that commits.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Commit(ReadOnlySpan<byte> entry) =>
        KeyOf(entry) is { } key && _open.Remove(key, out var operations)
            ? operations
            : throw new OplogGapException($"the transaction committed at {OplogEntry.Read(entry).Position} began before the captured oplog.");

    /// <summary>Forgets a transaction that aborts.</summary>
    public void Abort(ReadOnlySpan<byte> entry)
    {
        if (KeyOf(entry) is { } key)
        {
            _open.Remove(key);
        }
    }

    private static byte[] ReadChange(ReadOnlySpan<byte> entry) => OplogEntry.Read(entry).Change.ToArray();

    private static (List<ReadOnlyMemory<byte>> Operations, bool IsPartial, bool IsPrepared, long? Count) ReadOperations(byte[] change)
    {
        var operations = new List<ReadOnlyMemory<byte>>();
        var isPartial = false;
        var isPrepared = false;
        long? count = null;
        var reader = new RawBsonReader(change);
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("applyOps"u8))
            {
                var items = new RawBsonReader(reader.Value);
                while (items.Read())
                {
                    operations.Add(items.Value.ToArray());
                }
            }
            else if (reader.Name.SequenceEqual("partialTxn"u8))
            {
                isPartial = reader.AsBoolean() == true;
            }
            else if (reader.Name.SequenceEqual("prepare"u8))
            {
                isPrepared = reader.AsBoolean() == true;
            }
            else if (reader.Name.SequenceEqual("count"u8))
            {
                count = reader.AsInt64();
            }
        }

        return (operations, isPartial, isPrepared, count);
    }

    private static string? KeyOf(ReadOnlySpan<byte> entry) =>
        RawBson.TryFind(entry, "lsid"u8, out var session) && RawBson.TryFind(entry, "txnNumber"u8, out var number)
            ? $"{Convert.ToHexString(session.Value)}/{number.AsInt64()}"
            : null;

    private static bool IsVectoredInsert(ReadOnlySpan<byte> entry) => RawBson.TryFind(entry, "multiOpType"u8, out var type) && type.AsInt64() == 1;
}
