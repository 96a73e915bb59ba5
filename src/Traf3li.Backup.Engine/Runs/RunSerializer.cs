using System.Text.Json;
using System.Text.Json.Serialization;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>Reads and writes records. What is read is taken as hostile.</summary>
internal static class RunSerializer
{
    /// <summary>The largest record that is read: a thousand keys of a thousand characters, and texts.</summary>
    public const int MaxSize = 4 << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Serialize(RunRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, Options);

    /// <summary>Understands a record; null when it is none, or not that of its key.</summary>
    public static RunRecord? TryDeserialize(ReadOnlySpan<byte> json, RunKey key)
    {
        try
        {
            return JsonSerializer.Deserialize<RunRecord>(json, Options) is { } record && IsWhole(record) && RunKey.Of(record) == key ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // What a record names must be there, although JSON may say null.
    private static bool IsWhole(RunRecord record) =>
        record is { Id.Length: 32, Environment: not null, User: not null, ModuleVersion: not null, Destination: not null, Key: not null, Warning: not null, Notification: not null, Copy: not null }
        && record.StartTime.Kind == DateTimeKind.Utc
        && record.EndTime.Kind == DateTimeKind.Utc
        && record.Key.All(item => item is not null)
        && record.Warning.All(item => item is not null)
        && record.Notification.All(item => item is { Target: not null })
        && record.Copy.All(item => item is { Key: not null, Destination: not null });
}
