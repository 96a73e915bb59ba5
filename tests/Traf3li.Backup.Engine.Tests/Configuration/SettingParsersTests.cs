using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Tests.Configuration;

public sealed class SettingParsersTests
{
    [Theory]
    [InlineData("1073741824", 1073741824)]
    [InlineData("1GB", 1073741824)]
    [InlineData("500MB", 524288000)]
    [InlineData("1.5 kb", 1536)]
    [InlineData("2GiB", 2147483648)]
    [InlineData("10B", 10)]
    [InlineData("1TB", 1099511627776)]
    public void Sizes_are_bytes_or_have_a_unit(string text, long expected) => Assert.Equal(expected, SettingParsers.Size(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("1XB")]
    [InlineData("1,5GB")]
    [InlineData("0.1B")]
    [InlineData("99999999999999999999999999999")]
    [InlineData("9999999999TB")]
    public void What_is_no_size_is_refused(string text) => Assert.Throws<FormatException>(() => SettingParsers.Size(text));

    [Theory]
    [InlineData("60", 60)]
    [InlineData("90s", 90)]
    [InlineData("30 m", 1800)]
    [InlineData("24H", 86400)]
    [InlineData("1.5d", 129600)]
    [InlineData("7d", 604800)]
    public void Times_are_seconds_or_have_a_unit(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), SettingParsers.Duration(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("0.5")]
    [InlineData("-5")]
    [InlineData("8d")]
    [InlineData("30ms")]
    [InlineData("1h30m")]
    [InlineData("99999999999999999999999999999d")]
    [InlineData("soon")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<FormatException>(() => SettingParsers.Duration(text));

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("1", true)]
    [InlineData("FALSE", false)]
    [InlineData("off", false)]
    public void Booleans_are_words_or_digits(string text, bool expected) => Assert.Equal(expected, SettingParsers.Boolean(text));

    [Fact]
    public void What_is_no_boolean_is_refused() => Assert.Throws<FormatException>(() => SettingParsers.Boolean("maybe"));
}
