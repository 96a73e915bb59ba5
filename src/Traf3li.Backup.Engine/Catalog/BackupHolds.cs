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
        await store.ReadWholeAsync(KeyOf(key), MaxSize, cancellationToken).ConfigureAwait(false) is var (stored, bytes) ? Parse(key, stored, bytes) : null;

    /// <summary>Reads a hold that was listed.</summary>
    public async Task<BackupHold> ReadAsync(string key, StoredObject stored, CancellationToken cancellationToken) =>
        Parse(key, stored, (await store.ReadWholeAsync(KeyOf(key), MaxSize, cancellationToken).ConfigureAwait(false))?.Bytes);

    /// <summary>Lifts a hold.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(KeyOf(key), cancellationToken);

    // What cannot be understood holds all the same.
    private static BackupHold Parse(string key, StoredObject stored, byte[]? bytes)
    {
        var unreadable = new BackupHold { Key = key, Reason = "the hold cannot be read", HeldBy = "someone", Date = stored.LastModified };
        try
        {
            return bytes is not null && JsonSerializer.Deserialize<BackupHold>(bytes, Options) is { Reason: not null, HeldBy: not null } hold && hold.Key == key ? hold : unreadable;
        }
        catch (JsonException)
        {
            return unreadable;
        }
    }
}
