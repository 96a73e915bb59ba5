using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Traf3li.Backup.Engine.Tests.Schedules.Export;

public sealed class TaskSchedulerWriterTests
{
    private static readonly XNamespace Task = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    public static TheoryData<string> Expressions => Exports.Expressions;

    [Theory]
    [MemberData(nameof(Expressions))]
    [InlineData("0 2 * 6-8 MON")]
    public void A_task_is_valid_by_the_schema(string expression)
    {
        var document = Read(expression);
        var mistakes = new List<string>();

        document.Validate(Schemas(), (_, mistake) => mistakes.Add(mistake.Message));

        Assert.Empty(mistakes);
        Assert.NotEmpty(document.Descendants(Task + "CalendarTrigger"));
        Assert.Equal("true", document.Descendants(Task + "StartWhenAvailable").Single().Value);
        Assert.Equal("IgnoreNew", document.Descendants(Task + "MultipleInstancesPolicy").Single().Value);
    }

    [Fact]
    public void The_schema_finds_mistakes()
    {
        var document = Read("0 2 * * *");
        document.Descendants(Task + "DaysInterval").Single().Value = "0";
        var mistakes = new List<string>();

        document.Validate(Schemas(), (_, mistake) => mistakes.Add(mistake.Message));

        Assert.Single(mistakes);
    }

    [Theory]
    [InlineData("0 2 * * *", "2026-11-23T02:00:00 ScheduleByDay:DaysInterval")]
    [InlineData("*/15 * * * *", "2026-11-23T00:00:00 PT15M PT1426M ScheduleByDay:DaysInterval")]
    [InlineData("0 */6 * * *", "2026-11-23T00:00:00 PT360M PT1081M ScheduleByDay:DaysInterval")]
    [InlineData("0 2,14 * * 7", "2026-11-23T02:00:00 PT720M PT721M ScheduleByWeek:WeeksInterval,DaysOfWeek,Sunday")]
    [InlineData("0 1,2,4 * * *", "2026-11-23T01:00:00 ScheduleByDay:DaysInterval | 2026-11-23T02:00:00 ScheduleByDay:DaysInterval | 2026-11-23T04:00:00 ScheduleByDay:DaysInterval")]
    [InlineData("17 3 1 1 1", "2026-11-23T03:17:00 ScheduleByMonthDayOfWeek:Weeks,Week,Week,Week,Week,Week,DaysOfWeek,Monday,Months,January | 2026-11-23T03:17:00 ScheduleByMonth:DaysOfMonth,Day,Months,January")]
    [InlineData("0 5 1 1 *", "2026-11-23T05:00:00 ScheduleByMonth:DaysOfMonth,Day,Months,January")]
    public void Triggers_say_what_the_expression_says(string expression, string expected)
    {
        var triggers = Read(expression).Descendants(Task + "CalendarTrigger").Select(trigger => string.Join(' ', (string[])
        [
            trigger.Element(Task + "StartBoundary")!.Value,
            .. trigger.Element(Task + "Repetition")?.Elements().Select(item => item.Value) ?? [],
            $"{trigger.Elements().Last().Name.LocalName}:{string.Join(',', trigger.Elements().Last().Descendants().Select(item => item.Name.LocalName))}",
        ]));

        Assert.Equal(expected, string.Join(" | ", triggers));
    }

    [Fact]
    public void In_utc_the_times_are_fixed() =>
        Assert.Equal("2026-11-23T02:00:00Z", XDocument.Parse(Exports.Daily(ScheduleFormat.TaskScheduler, "0 2 * * *", "UTC")[0].Text).Descendants(Task + "StartBoundary").Single().Value);

    [Fact]
    public void Arguments_reach_a_windows_program_as_they_are()
    {
        var arguments = Read("0 2 * * *").Descendants(Task + "Arguments").Single().Value;

        Assert.Contains("-File \"/opt/it's a \\\"backup\\\" 100%/$HOME/05-scheduled-task.ps1\" -Type Daily -RemoveExpired", arguments, StringComparison.Ordinal);
        Assert.Contains(@"-LogPath C:\ProgramData\Traf3li.Backup\log\traf3li-backup-daily.log", arguments, StringComparison.Ordinal);
    }

    private static XDocument Read(string expression) => XDocument.Parse(Assert.Single(Exports.Daily(ScheduleFormat.TaskScheduler, expression)).Text);

    private static XmlSchemaSet Schemas()
    {
        using var stream = typeof(TaskSchedulerWriterTests).Assembly.GetManifestResourceStream("task.xsd")!;
        using var reader = XmlReader.Create(stream);
        var schemas = new XmlSchemaSet();
        schemas.Add(null, reader);
        return schemas;
    }
}
