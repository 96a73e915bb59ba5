using System.Text;

namespace Traf3li.Backup.Engine.Schedules.Export;

/// <summary>Writes exported schedules into a folder.</summary>
internal static class ScheduleFiles
{
    /// <summary>Writes the files, each under its name; one that is there is replaced.</summary>
    /// <exception cref="ConfigurationInvalidException">The folder cannot be written.</exception>
    public static IReadOnlyList<ScheduleFile> Save(IReadOnlyList<ScheduleFile> files, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return [.. files.Select(file => Save(file, Path.Combine(folder, file.Name)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationInvalidException("Path", $"{folder} cannot be written: {exception.Message}", "Choose a folder that this account may write.", exception);
        }
    }

    private static ScheduleFile Save(ScheduleFile file, string path)
    {
        // Task Scheduler's files are UTF-16, as they say themselves.
        File.WriteAllText(path, file.Text, file.Format == ScheduleFormat.TaskScheduler ? Encoding.Unicode : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return new ScheduleFile { Name = file.Name, Format = file.Format, Text = file.Text, Install = file.Install, Path = path };
    }
}
