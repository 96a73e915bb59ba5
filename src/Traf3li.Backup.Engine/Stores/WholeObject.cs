namespace Traf3li.Backup.Engine.Stores;

/// <summary>
/// Writes objects that are in memory whole: manifests, holds, journals, locks, records. All of them are read again at any time, so none is stored in
/// the destination's storage class.
/// </summary>
internal static class WholeObject
{
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
}
