using System.Globalization;
using System.IO.Hashing;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// What a collection holds, whatever its order: how many documents, how many bytes, and the sum modulo 2^128 of each document's
/// XxHash128.
/// </summary>
internal struct ContentHash : IEquatable<ContentHash>
{
    /// <summary>Documents.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of these documents.</summary>
    public long Bytes { get; private set; }

    /// <summary>The sum of the documents' hashes.</summary>
    public UInt128 Sum { get; private set; }

    /// <summary>The hash of one whole document.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> document) => XxHash128.HashToUInt128(document);

    /// <summary>Adds one whole document.</summary>
    public void Add(ReadOnlySpan<byte> document) => Add(Of(document), document.Length);

    /// <summary>Adds one document by its hash (<see cref="Of" />) and its length, bytes.</summary>
    public void Add(UInt128 hash, int length)
    {
        Count++;
        Bytes += length;
        Sum = unchecked(Sum + hash);
    }

    /// <summary>Adds documents that stand one behind the other, as in a <see cref="DocumentBatch" />.</summary>
    /// <exception cref="InvalidDataException">A length does not fit.</exception>
    public void AddAll(ReadOnlySpan<byte> documents)
    {
        while (!documents.IsEmpty)
        {
            if (!RawBson.TryReadLength(documents, out var length) || length > documents.Length)
            {
                throw new InvalidDataException("The documents do not end where their lengths say.");
            }

            Add(documents[..length]);
            documents = documents[length..];
        }
    }

    /// <summary>Adds what another has counted.</summary>
    public void Combine(ContentHash other)
    {
        Count += other.Count;
        Bytes += other.Bytes;
        Sum = unchecked(Sum + other.Sum);
    }

    /// <summary>The sum as 32 hexadecimal digits.</summary>
    public readonly string ToHex() => Sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public readonly bool Equals(ContentHash other) => Count == other.Count && Bytes == other.Bytes && Sum == other.Sum;

    /// <inheritdoc />
    public override readonly bool Equals(object? obj) => obj is ContentHash other && Equals(other);

    /// <inheritdoc />
    public override readonly int GetHashCode() => HashCode.Combine(Count, Bytes, Sum);
}
