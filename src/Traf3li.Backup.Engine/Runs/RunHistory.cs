using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>The records of a store.</summary>
internal sealed class RunHistory(IObjectStore store)
{
    /// <summary>Writes a record and gives its key.</summary>
    public async Task<string> WriteAsync(RunRecord record, CancellationToken cancellationToken)
    {
        var key = RunKey.Of(record).ToString();
        var upload = await store.BeginUploadAsync(key, new UploadOptions { OnlyIfAbsent = true, IsReadOften = true, ContentType = "application/json" }, cancellationToken).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            await upload.WriteAsync(RunSerializer.Serialize(record), cancellationToken).ConfigureAwait(false);
            await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return key;
    }
}
