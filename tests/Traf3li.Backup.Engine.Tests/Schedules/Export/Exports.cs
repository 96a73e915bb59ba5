using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Schedules.Export;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

/// <summary>Exports schedules of settings that the test chooses.</summary>
internal static class Exports
{
    public const string Script = "/opt/it's a \"backup\" 100%/$HOME/05-scheduled-task.ps1";
    private static readonly DateTime Now = new(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc);

    /// <summary>Expressions that every scheduler can express, and what makes each of them hard.</summary>
    public static TheoryData<string> Expressions =>
    [
        "0 2 * * *", "0 3 * * 0", "0 4 1 * *", "0 */6 * * *", "*/15 * * * *", "30 1 * * MON-FRI", "5 4 1,15 * *", "0 5 1 1 *", "0 2,14 * * 7", "17 3 1 * 1", "0 0 29 2 *", "@weekly",
    ];

    public static IReadOnlyList<ScheduleFile> Daily(ScheduleFormat format, string expression, string zone = "Europe/Berlin", string? image = "registry.example.com/backup:1.0") =>
        Write(new ScheduleExportOptions { WorkingDirectory = "/", Format = format, Script = Script, Image = image, Name = ["Daily"], RemoveExpired = true }, new() { ["BACKUP_SCHEDULE_DAILY"] = expression, ["BACKUP_TIMEZONE"] = zone });

    public static IReadOnlyList<ScheduleFile> Write(ScheduleExportOptions options, FakeEnvironment environment, RecordingReporter? reporter = null)
    {
        var schedules = BackupSchedules.Choose(BackupSchedules.From(SettingsResolver.Resolve(options with { WorkingDirectory = Path.GetTempPath() }, environment), TimeZoneInfo.Utc), options.Name);
        return new ScheduleExport(options, Now, TimeZoneInfo.Utc, reporter ?? new RecordingReporter()).Write(schedules);
    }
}
