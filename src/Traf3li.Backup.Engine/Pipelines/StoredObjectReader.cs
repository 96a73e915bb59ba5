using System.Security.Cryptography;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Reads a stored object back and compares it with what was written.</summary>
internal static class StoredObjectReader
{
    private const int BufferSize = 1 << 20;

    /// <summary>Reads all of an object and compares its SHA-256.</summary>
    /// <exception cref="ChecksumMismatchException">It differs.</exception>
    public static async Task VerifyAsync(IObjectStore store, string key, string sha256, CancellationToken cancellationToken)
    {
        var actual = await HashAsync(store, key, cancellationToken).ConfigureAwait(false);
        if (actual != sha256)
        {
            throw new ChecksumMismatchException(key, sha256, actual, destination: store.DisplayName);
        }
    }

    /// <summary>Reads all of an object and gives its SHA-256, 64 hexadecimal digits in lower case.</summary>
    public static async Task<string> HashAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var stream = await store.OpenReadAsync(key, 0, length: null, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
