using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>What notifications are about: runs of one subject follow each other, and an alert about one is taken back by a good run of the same.</summary>
internal sealed record NotificationSubject(RunOperation Operation, BackupSource? Source, BackupType? Type, string Environment)
{
    /// <summary>The folder of what is remembered; no backup lies in it.</summary>
    public const string Folder = BackupKey.Root + ".notifications/";

    /// <summary>The key of what is remembered of it.</summary>
    public string Key => $"{Folder}{Name(Operation)}-{Name(Source)}-{Name(Type)}-{Environment}.json";

    /// <summary>The subject of a run.</summary>
    public static NotificationSubject Of(RunRecord run) => new(run.Operation, run.Source, run.Type, run.Environment);

    private static string Name<T>(T value) => value?.ToString()?.ToLowerInvariant() is { Length: > 0 } name ? name : "none";
}
