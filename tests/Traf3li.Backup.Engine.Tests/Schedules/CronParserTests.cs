using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Tests.Schedules;

public sealed class CronParserTests
{
    [Theory]
    [InlineData("0 2 * * *", "0", "2")]
    [InlineData("  30\t3   *  * * ", "30", "3")]
    [InlineData("*/15 * * * *", "0,15,30,45", "0-23")]
    [InlineData("5-20/5 1,3,22-23 * * *", "5,10,15,20", "1,3,22,23")]
    [InlineData("@daily", "0", "0")]
    [InlineData("@Hourly", "0", "0-23")]
    public void Minutes_and_hours_are_read(string text, string minutes, string hours)
    {
        var expression = CronParser.Parse(text);

        Assert.Equal(Numbers(minutes), expression.Minute.Values);
        Assert.Equal(Numbers(hours), expression.Hour.Values);
    }

    [Theory]
    [InlineData("0 1 * * 1", "1")]
    [InlineData("0 1 * * MON-fri", "1-5")]
    [InlineData("0 1 * * 7", "0")]
    [InlineData("0 1 * * 5-7", "0,5,6")]
    [InlineData("0 1 * * sun,SAT", "0,6")]
    [InlineData("0 1 * * */2", "0,2,4,6")]
    public void Days_of_the_week_have_names_and_sunday_two_numbers(string text, string days) => Assert.Equal(Numbers(days), CronParser.Parse(text).DayOfWeek.Values);

    [Fact]
    public void Months_have_names() => Assert.Equal([1, 6, 7, 12], CronParser.Parse("0 0 1 jan,JUN-Jul,12 *").Month.Values);

    [Theory]
    [InlineData("0 25 * * *", 3, "hour", "25 is not within 0 to 23")]
    [InlineData("60 * * * *", 1, "minute", "60 is not within 0 to 59")]
    [InlineData("0 0 0 * *", 5, "day of the month", "0 is not within 1 to 31")]
    [InlineData("0 0 * 13 *", 7, "month", "13 is not within 1 to 12")]
    [InlineData("0 0 * * 8", 9, "day of the week", "8 is not within 0 to 7")]
    [InlineData("0 0 * * mom", 9, "day of the week", "neither a number nor one of SUN")]
    [InlineData("0  2,x * * *", 6, "hour", "is no number")]
    [InlineData("0 2, * * *", 5, "hour", "a number is missing")]
    [InlineData("0 22-2 * * *", 3, "hour", "write 22-23,0-2")]
    [InlineData("*/0 * * * *", 3, "minute", "from 1 to 60")]
    [InlineData("*/61 * * * *", 3, "minute", "from 1 to 60")]
    [InlineData("5/15 * * * *", 2, "minute", "such as 5-59/15")]
    [InlineData("0 0 L * *", 5, "day of the month", "is no number")]
    [InlineData("0 0 ? * 1", 5, "day of the month", "is no number")]
    [InlineData("-5 0 * * *", 1, "minute", "a number is missing")]
    [InlineData("0 0 31 2,4 *", 5, "day of the month", "would never run")]
    [InlineData("99999999999 0 * * *", 1, "minute", "is no number")]
    public void A_mistake_is_named_with_its_position(string text, int position, string field, string reason)
    {
        var error = Assert.Throws<FormatException>(() => CronParser.Parse(text));

        Assert.StartsWith($"has a mistake at position {position}, in the {field}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has 0 fields")]
    [InlineData("0 2 * *", "has 4 fields")]
    [InlineData("0 0 2 * * *", "leave out the first, the seconds")]
    [InlineData("@reboot", "none of @hourly")]
    public void The_number_of_fields_is_five(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => CronParser.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_twenty_ninth_of_february_comes_and_so_does_a_day_that_a_weekday_stands_in_for()
    {
        Assert.Equal([29], CronParser.Parse("0 0 29 2 *").DayOfMonth.Values);
        Assert.True(CronParser.Parse("0 0 31 2 1").IsEitherDay);
    }

    private static IEnumerable<int> Numbers(string text) => text.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-').Select(int.Parse).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });
}
