using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>
/// The documents of one insert command: the array that is sent, and what must be known of them afterwards, all found in one walk while the
/// bytes are in the processor's cache.
/// </summary>
internal sealed class InsertBatch : IDisposable
{
    // maxWriteBatchSize of every supported server.
    private const int MaxDocuments = 100_000;

    // What stays in a core's second-level cache while it is copied, hashed and sent; a command may have 48 MB. A larger document goes alone.
    private const int ArraySize = 1 << 20;

    private readonly BsonArrayBuilder _array;
    private readonly PooledBuffer _buffer;
    private ContentHash _read;
    private ContentHash _stored;

    private InsertBatch(PooledBuffer buffer)
    {
        _buffer = buffer;
        _array = new BsonArrayBuilder(buffer);
        _array.Clear();
    }

    /// <summary>The documents, one behind the other, as they were given.</summary>
    public ReadOnlyMemory<byte> Documents { get; private set; }

    /// <summary>How many documents.</summary>
    public int Count => _array.Count;

    /// <summary>All of them as the backup has them.</summary>
    public ContentHash Read => _read;

    /// <summary>Those that hold a Timestamp(0, 0) at the top level, which a server before 8.0 replaces.</summary>
    public List<InsertedDocument> WithEmptyTimestamp { get; } = [];

    /// <summary>Takes as many whole documents as go into one command from the front of those given: one at least.</summary>
    /// <exception cref="InvalidDataException">A document's length does not fit.</exception>
    /// <param name="documents">Whole documents, one behind the other.</param>
    /// <param name="pool">Where the array is put.</param>
    /// <param name="maxDocuments">How many at most.</param>
    public static InsertBatch Take(ReadOnlyMemory<byte> documents, BufferPool pool, int maxDocuments = MaxDocuments)
    {
        var first = Length(documents.Span);
        var batch = new InsertBatch(pool.Rent(Math.Max(ArraySize, BsonArrayBuilder.Measure(1, first))));
        try
        {
            batch.Fill(documents, maxDocuments);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>The array for the command, valid until this is disposed. Called once.</summary>
    public BsonValue BuildArray() => _array.Build();

    /// <summary>The documents that a server which refused some has taken, as it stores them.</summary>
    /// <param name="refused">The places of the refused ones.</param>
    public ContentHash StoredWithout(IReadOnlyDictionary<int, string> refused)
    {
        if (refused.Count == 0)
        {
            return _stored;
        }

        var hash = default(ContentHash);
        foreach (var document in Walk())
        {
            if (!refused.ContainsKey(document.Index))
            {
                hash.Add(StoredForm.Of(document.Bytes.Span));
            }
        }

        return hash;
    }

    /// <summary>Every document with its place.</summary>
    public IEnumerable<InsertedDocument> Walk()
    {
        var offset = 0;
        for (var index = 0; index < Count; index++)
        {
            var length = Length(Documents.Span[offset..]);
            yield return new InsertedDocument(index, Documents.Slice(offset, length));
            offset += length;
        }
    }

    public void Dispose() => _buffer.Dispose();

    private static int Length(ReadOnlySpan<byte> documents) => RawBson.TryReadLength(documents, out var length) && length <= documents.Length
        ? length
        : throw new InvalidDataException("a document's length does not fit its batch.");

    private void Fill(ReadOnlyMemory<byte> documents, int maxDocuments)
    {
        var bytes = documents.Span;
        var offset = 0;
        while (offset < bytes.Length && Count < maxDocuments)
        {
            var length = Length(bytes[offset..]);
            if (Count > 0 && BsonArrayBuilder.Measure(1, _buffer.Length + length) > ArraySize)
            {
                break;
            }

            var document = bytes.Slice(offset, length);
            _array.Append(document);
            var hash = ContentHash.Of(document);
            _read.Add(hash, length);
            var stored = StoredForm.Of(document);
            _stored.Add(stored == document ? hash : ContentHash.Of(stored), length);
            if (RawBson.HasEmptyTimestamp(document))
            {
                WithEmptyTimestamp.Add(new InsertedDocument(Count - 1, documents.Slice(offset, length)));
            }

            offset += length;
        }

        Documents = documents[..offset];
    }
}
