using Traf3li.Backup.Engine.Schedules;
using Traf3li.Backup.Engine.Schedules.Export;

namespace Traf3li.Backup.Engine;

/// <content>Schedules.</content>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public IReadOnlyList<BackupSchedule> GetSchedules(ScheduleQuery query)
    {
        var now = query.Date ?? _time.GetUtcNow().UtcDateTime;
        return [.. BackupSchedules.Choose(BackupSchedules.From(Resolve(query), _time.LocalTimeZone), query.Name).Select(item => ScheduleDescription.Describe(item, now, query.Count))];
    }

    /// <inheritdoc />
    public IReadOnlyList<ScheduleFile> ExportSchedules(ScheduleExportOptions options, IEngineReporter reporter)
    {
        var chosen = BackupSchedules.Choose(BackupSchedules.From(Resolve(options), _time.LocalTimeZone), options.Name);
        var files = new ScheduleExport(options, _time.GetUtcNow().UtcDateTime, _time.LocalTimeZone, reporter).Write(chosen);
        return options.Path is { } folder ? ScheduleFiles.Save(files, folder) : files;
    }
}
