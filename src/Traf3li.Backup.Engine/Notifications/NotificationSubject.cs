using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>What notifications are about: runs of one subject follow each other, and an alert about one is taken back by a good run of the same.</summary>
internal sealed record NotificationSubject(RunOperation Operation, BackupSource? Source, BackupType? Type, string Environment)
{
    /// <summary>The folder of what is remembered; no backup lies in it.</summary>
    public const string Folder = BackupKey.Root + ".notifications/";

    private const string Suffix = ".json";

    /// <summary>The key of what is remembered of it.</summary>
    public string Key => $"{Folder}{Name(Operation)}-{Name(Source)}-{Name(Type)}-{Environment}{Suffix}";

    /// <summary>The subject of a run.</summary>
    public static NotificationSubject Of(RunRecord run) => new(run.Operation, run.Source, run.Type, run.Environment);

    /// <summary>The environment of a key; null where it is none.</summary>
    public static string? EnvironmentOf(string key) =>
        key.StartsWith(Folder, StringComparison.Ordinal) && key.EndsWith(Suffix, StringComparison.Ordinal) && key[Folder.Length..^Suffix.Length].Split('-', 4) is [_, _, _, var environment] ? environment : null;

    /// <summary>Whether a key is that of tests of notifications.</summary>
    public static bool IsTest(string key) => key.StartsWith($"{Folder}{Name(RunOperation.Notification)}-", StringComparison.Ordinal);

    private static string Name<T>(T value) => value?.ToString()?.ToLowerInvariant() is { Length: > 0 } name ? name : "none";
}
