using System.Text.Json;
using System.Text.Json.Serialization;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>
/// Holds: an object <c>&lt;key&gt;.hold.json</c> beside the manifest. That it is there is what holds the backup; its text only says why, so one
/// that cannot be read holds all the same.
/// </summary>
internal sealed class BackupHolds(IObjectStore store)
{
    /// <summary>What follows a backup's key in the key of its hold.</summary>
    public const string Suffix = ".hold.json";

    private const int MaxSize = 64 << 10;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter<HoldLock>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The key of a hold for this key.</summary>
    public static string KeyOf(string key) => key + Suffix;

    /// <summary>Writes a hold, unless there is one.</summary>
    /// <exception cref="ObjectExistsException">The backup is held already.</exception>
    public async Task WriteAsync(BackupHold hold, CancellationToken cancellationToken)
    {
        var options = new UploadOptions { OnlyIfAbsent = true, ContentType = "application/json" };
        await store.WriteAsync(KeyOf(hold.Key), JsonSerializer.SerializeToUtf8Bytes(hold, Options), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The hold of a backup; null when it has none.</summary>
    public async Task<BackupHold?> FindAsync(string key, CancellationToken cancellationToken) =>
        await store.FindAsync(KeyOf(key), cancellationToken).ConfigureAwait(false) is { } stored ? await ReadAsync(key, stored, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Reads a hold that was listed.</summary>
    public async Task<BackupHold> ReadAsync(string key, StoredObject stored, CancellationToken cancellationToken)
    {
        var unreadable = new BackupHold { Key = key, Reason = "the hold cannot be read", HeldBy = "someone", Date = stored.LastModified };
        if (stored.Size > MaxSize)
        {
            return unreadable;
        }

        var bytes = new byte[stored.Size];
        var stream = await store.OpenReadAsync(KeyOf(key), 0, stored.Size, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return JsonSerializer.Deserialize<BackupHold>(bytes, Options) is { Reason: not null, HeldBy: not null } hold && hold.Key == key ? hold : unreadable;
        }
        catch (JsonException)
        {
            return unreadable;
        }
    }

    /// <summary>Lifts a hold.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(KeyOf(key), cancellationToken);
}
