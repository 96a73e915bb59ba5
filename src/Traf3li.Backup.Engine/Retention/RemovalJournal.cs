using System.Text.Json;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Retention;

/// <summary>
/// The keys of objects that are about to be removed, written before their manifests are: an object whose manifest a killed run has removed would
/// else look like a backup of the Node scripts, which have none. What has no manifest before is not in it, so that another policy can still keep it when
/// a run was stopped before it came that far. It lies in <c>backups/.retention/</c>, where no backup does.
/// </summary>
internal sealed class RemovalJournal(IObjectStore store)
{
    /// <summary>The folder of journals.</summary>
    public const string Folder = BackupKey.Root + ".retention/";

    private const string Lead = Folder + "removal-";

    // Far more than the keys of a hundred thousand backups.
    private const int MaxSize = 64 << 20;

    /// <summary>Whether a key is that of a journal.</summary>
    public static bool IsJournal(string key) => key.StartsWith(Lead, StringComparison.Ordinal);

    /// <summary>Writes a journal and gives its key.</summary>
    public async Task<string> WriteAsync(IReadOnlyList<string> objectKeys, CancellationToken cancellationToken)
    {
        var key = $"{Lead}{Guid.NewGuid():N}.json";
        await store.WriteAsync(key, JsonSerializer.SerializeToUtf8Bytes(objectKeys), new UploadOptions { OnlyIfAbsent = true, ContentType = "application/json" }, cancellationToken).ConfigureAwait(false);

        return key;
    }

    /// <summary>The keys in a journal; none when it cannot be understood.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(StoredObject journal, CancellationToken cancellationToken)
    {
        try
        {
            // Another run may have removed it just now.
            return await store.ReadWholeAsync(journal.Key, MaxSize, cancellationToken).ConfigureAwait(false) is (_, { } bytes)
                ? [.. (JsonSerializer.Deserialize<string?[]>(bytes) ?? []).OfType<string>()]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
