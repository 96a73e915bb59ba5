namespace Traf3li.Backup.Engine.Stores;

/// <summary>
/// Objects that are in memory whole: manifests, holds, journals, locks, records. All of them are read again at any time, so none is stored in
/// the destination's storage class.
/// </summary>
internal static class WholeObject
{
    private const int BufferSize = 16 << 10;
    private const int MostReads = 5;

    /// <summary>Writes an object in one piece and describes it.</summary>
    public static async Task<StoredObject> WriteAsync(this IObjectStore store, string key, ReadOnlyMemory<byte> bytes, UploadOptions options, CancellationToken cancellationToken)
    {
        var upload = await store.BeginUploadAsync(key, options with { IsReadOften = true }, cancellationToken).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            await upload.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at an object, reads it, and looks again, since it may be replaced between a look and the reading.</summary>
    public static async Task<(StoredObject Stored, byte[]? Bytes)?> ReadAsync(IObjectStore store, string key, int limit, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(key, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; found is not null && found.Size <= limit; attempt++)
        {
            byte[]? bytes;
            try
            {
                var stream = await store.OpenReadAsync(key, 0, length: null, cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    bytes = await ReadAsync(stream, limit, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (BackupNotFoundException)
            {
                return null;
            }

            var again = await store.FindAsync(key, cancellationToken).ConfigureAwait(false);
            if (again?.Version == found.Version || attempt == MostReads)
            {
                return (found, bytes);
            }

            found = again;
        }

        return found is null ? null : (found, null);
    }

    /// <summary>Reads a stream to its end; null where it has more bytes than the limit, of which no more are kept.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[BufferSize];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + count > limit)
            {
                return null;
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
