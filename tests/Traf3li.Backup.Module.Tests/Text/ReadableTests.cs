using Traf3li.Backup.Text;

namespace Traf3li.Backup.Module.Tests.Text;

public sealed class ReadableTests
{
    [Theory]
    [InlineData(0d, "0 B")]
    [InlineData(1023d, "1023 B")]
    [InlineData(1024d, "1.0 KB")]
    [InlineData(131_491_430d, "125.4 MB")]
    [InlineData(null, "")]
    public void Writes_sizes(double? bytes, string expected) => Assert.Equal(expected, Readable.Size(bytes));

    [Theory]
    [InlineData(-5, "0 seconds")]
    [InlineData(45, "45 seconds")]
    [InlineData(60, "1 minute")]
    [InlineData(6 * 3600, "6 hours")]
    [InlineData(36 * 3600, "36 hours")]
    [InlineData(3 * 86400, "3 days")]
    [InlineData(90 * 86400, "2 months")]
    [InlineData(800 * 86400, "2 years")]
    public void Writes_ages(int seconds, string expected) => Assert.Equal(expected, Readable.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-5, "0.0 s")]
    [InlineData(250, "0.3 s")]
    [InlineData(9_900, "9.9 s")]
    [InlineData(12_900, "12 s")]
    [InlineData(90_000, "1 min")]
    [InlineData(3_900_000, "1 h 05 min")]
    [InlineData(180_000_000, "50 h 00 min")]
    public void Writes_durations(int milliseconds, string expected) => Assert.Equal(expected, Readable.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
