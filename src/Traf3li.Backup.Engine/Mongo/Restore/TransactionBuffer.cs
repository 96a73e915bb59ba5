using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// Puts the operations of transactions together. One that is too large for an entry spans several applyOps entries of one session and number; a
/// prepared one takes effect at its commitTransaction entry. Any other applyOps takes effect at once
/// (mongo/src/mongo/db/repl/transaction_oplog_application.cpp). What waits for the end of its transaction does so in temporary files when it is
/// much.
/// </summary>
internal sealed class TransactionBuffer : IAsyncDisposable
{
    /// <summary>Bytes of all waiting operations that stay in memory.</summary>
    private const long MemoryLimit = 64 << 20;

    /// <summary>Bytes of one transaction that stay in memory.</summary>
    private const int TransactionLimit = 4 << 20;

    private readonly Dictionary<string, OpenTransaction> _open = new(StringComparer.Ordinal);

    /// <summary>The operations that take effect with this applyOps entry, each valid until the next; none when it is only a part.</summary>
    /// <exception cref="OplogGapException">It ends a transaction of which a part is missing.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> TakeAsync(ReadOnlyMemory<byte> entry, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (operations, isPartial, isPrepared, count) = ReadOperations(entry.Span);
        OpenTransaction? earlier = null;

        // Vectored inserts (multiOpType 1) carry a session too, but are no transaction: each entry stands for itself.
        if (KeyOf(entry.Span) is { } key && !IsVectoredInsert(entry.Span))
        {
            earlier = _open.GetValueOrDefault(key);

            // The last entry of several says how many operations there are in all. Parts of one that ended before the data was read may lack their beginning.
            if (!isPartial && count is not null && count != (earlier?.Count ?? 0) + operations.Count)
            {
                throw new OplogGapException(
                    string.Create(CultureInfo.InvariantCulture, $"the transaction at {OplogEntry.Read(entry.Span).Position} has {count} operations, of which {(earlier?.Count ?? 0) + operations.Count} were captured."));
            }

            if (isPartial || isPrepared)
            {
                await KeepAsync(key, operations, cancellationToken).ConfigureAwait(false);
                yield break;
            }

            _open.Remove(key);
        }

        if (earlier is not null)
        {
            await foreach (var operation in ReadAsync(earlier, cancellationToken).ConfigureAwait(false))
            {
                yield return operation;
            }
        }

        foreach (var operation in operations)
        {
            yield return operation;
        }
    }

    /// <summary>The operations of a prepared transaction that commits, each valid until the next.</summary>
    /// <exception cref="OplogGapException">It was never prepared here.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> CommitAsync(ReadOnlySpan<byte> entry, CancellationToken cancellationToken) =>
        KeyOf(entry) is { } key && _open.Remove(key, out var transaction)
            ? ReadAsync(transaction, cancellationToken)
            : throw new OplogGapException($"the transaction committed at {OplogEntry.Read(entry).Position} began before the captured oplog.");

    /// <summary>Forgets a transaction that aborts.</summary>
    public ValueTask AbortAsync(ReadOnlySpan<byte> entry) =>
        KeyOf(entry) is { } key && _open.Remove(key, out var transaction) ? transaction.Spool.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>Forgets those that have not ended: they have not happened.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var transaction in _open.Values)
        {
            await transaction.Spool.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(OpenTransaction transaction, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (transaction.Spool.ConfigureAwait(false))
        {
            await foreach (var operation in transaction.Spool.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return operation;
            }
        }
    }

    private async Task KeepAsync(string key, List<ReadOnlyMemory<byte>> operations, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(key, out var transaction))
        {
            var isMuch = _open.Values.Sum(item => item.Spool.MemoryLength) >= MemoryLimit;
            transaction = new OpenTransaction(new OplogSpool(isMuch ? 0 : TransactionLimit));
            _open.Add(key, transaction);
        }

        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, operations.Sum(operation => operation.Length)));
        foreach (var operation in operations)
        {
            bytes.Write(operation.Span);
        }

        transaction.Count += operations.Count;
        await transaction.Spool.AppendAsync(bytes.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    private static (List<ReadOnlyMemory<byte>> Operations, bool IsPartial, bool IsPrepared, long? Count) ReadOperations(ReadOnlySpan<byte> entry)
    {
        var operations = new List<ReadOnlyMemory<byte>>();
        var isPartial = false;
        var isPrepared = false;
        long? count = null;
        var reader = new RawBsonReader(OplogEntry.Read(entry).Change);
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

    private sealed class OpenTransaction(OplogSpool spool)
    {
        public OplogSpool Spool { get; } = spool;

        public long Count { get; set; }
    }
}
