using System.Globalization;
using Traf3li.Backup.Engine.Processes;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>What the marker of an unfinished restore says.</summary>
internal sealed record UnfinishedRestore
{
    /// <summary>The restore's own identifier, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The backup's key.</summary>
    public required string BackupKey { get; init; }

    /// <summary>What of it was restored, and how: two restores with the same words write the same.</summary>
    public required string Scope { get; init; }

    /// <summary>The process that ran it.</summary>
    public required RestoreOwner Owner { get; init; }

    /// <summary>When it began, seconds since 1970 by the server's clock.</summary>
    public required long BeganAt { get; init; }

    /// <summary>Its last sign of life, seconds since 1970 by the server's clock.</summary>
    public required long SeenAt { get; init; }

    /// <summary>The key of the safety backup that was taken before it; null when none was.</summary>
    public string? SafetyBackupKey { get; init; }

    /// <summary>One sentence that says what was left, and what there is to go back to.</summary>
    public string Description
    {
        get
        {
            var began = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(BeganAt, 0, uint.MaxValue)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var before = SafetyBackupKey is null ? "no safety backup was taken before it" : $"what was there before it is in {SafetyBackupKey}";
            return $"a restore of {BackupKey} ({Scope}), begun {began} UTC by {Owner}, did not come to its end: some keys are the backup's and some are not; {before}.";
        }
    }

    /// <summary>Reads the fields and values of HGETALL; null when they are not a marker's.</summary>
    public static UnfinishedRestore? Read(IReadOnlyList<RespValue> reply)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index + 1 < reply.Count; index += 2)
        {
            fields[reply[index].Text] = Printable(reply[index + 1].Text);
        }

        return fields.Count == 0
            ? null
            : new UnfinishedRestore
            {
                Id = fields.GetValueOrDefault("id", ""),
                BackupKey = fields.GetValueOrDefault("backup", "an unknown backup"),
                Scope = fields.GetValueOrDefault("scope", "unknown scope"),
                Owner = new RestoreOwner(fields.GetValueOrDefault("machine", "an unknown machine"), (int)Number("process"), Number("processStart")),
                BeganAt = Number("beganAt"),
                SeenAt = Number("seenAt"),
                SafetyBackupKey = fields.GetValueOrDefault("safetyBackup") is { Length: > 0 } key ? key : null,
            };

        long Number(string name) => RedisInfo.ParseNumber(fields.GetValueOrDefault(name)) ?? 0;
    }

    /// <summary>The fields and values for HSET.</summary>
    public IReadOnlyList<string> ToFields() =>
    [
        "id", Id, "backup", BackupKey, "scope", Scope, "machine", Owner.Machine, "process", Text(Owner.ProcessId), "processStart", Text(Owner.ProcessStart),
        "beganAt", Text(BeganAt), "seenAt", Text(SeenAt), "safetyBackup", SafetyBackupKey ?? "",
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Anybody may have written it, and it is shown.
    private static string Printable(string text) => new([.. text.Take(500).Select(one => char.IsControl(one) ? ' ' : one)]);
}
