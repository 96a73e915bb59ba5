using System.Security.Cryptography;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Writes the compressed blocks of a backup to its object, hashing and counting what is stored.</summary>
internal sealed class StoredObjectWriter(IObjectUpload upload, string key, long? maxSize) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes written.</summary>
    public long Size { get; private set; }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="SizeLimitExceededException">The object would grow past the limit.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Size += bytes.Length;
        if (Size > maxSize)
        {
            throw new SizeLimitExceededException(key, maxSize.Value);
        }

        _hash.AppendData(bytes.Span);
        await upload.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>SHA-256 of all that was written, 64 hexadecimal digits in lower case.</summary>
    public string GetSha256() => Convert.ToHexString(_hash.GetCurrentHash()).ToLowerInvariant();

    public void Dispose() => _hash.Dispose();
}
