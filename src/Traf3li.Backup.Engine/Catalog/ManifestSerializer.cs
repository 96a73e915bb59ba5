using System.Text.Json;
using System.Text.Json.Serialization;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>Reads and writes manifests. What is read is taken as hostile: it is checked before anything relies on it.</summary>
internal static class ManifestSerializer
{
    /// <summary>The largest manifest that is read: about 800,000 blocks (3 TB before compression) or 50,000 collections.</summary>
    public const int MaxSize = 64 << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(), new OplogPositionJsonConverter() },
    };

    // Of a large manifest nobody reads the text, and without blanks it takes half the room.
    private const int LargeSize = 16 << 20;

    private static readonly JsonSerializerOptions CompactOptions = new(Options) { WriteIndented = false, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Serialize(BackupManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, Options) is { Length: <= LargeSize } bytes ? bytes : JsonSerializer.SerializeToUtf8Bytes(manifest, CompactOptions);

    /// <exception cref="ManifestVersionException">It is of a newer format.</exception>
    /// <exception cref="ManifestCorruptException">It is no manifest, or contradicts itself.</exception>
    public static BackupManifest Deserialize(ReadOnlySpan<byte> json, string manifestKey)
    {
        try
        {
            var head = JsonSerializer.Deserialize<ManifestHead>(json, Options);
            if (head is { FormatVersion: > BackupManifest.CurrentFormatVersion })
            {
                throw new ManifestVersionException(manifestKey, head.FormatVersion, head.RequiredVersion ?? "that wrote it");
            }

            var manifest = JsonSerializer.Deserialize<BackupManifest>(json, Options) ?? throw new JsonException("It is empty.");
            return ManifestRules.FindContradiction(manifest) is { } contradiction
                ? throw new ManifestCorruptException(manifestKey, contradiction)
                : manifest;
        }
        catch (JsonException exception)
        {
            throw new ManifestCorruptException(manifestKey, exception.Message, exception);
        }
    }

    private sealed record ManifestHead(int FormatVersion, string? RequiredVersion);
}
