using CsCheck;
using Traf3li.Backup.Engine.Catalog;

namespace Traf3li.Backup.Engine.Tests.Catalog;

public sealed class BackupKeyTests
{
    [Theory]
    [InlineData("backups/daily/2024/12/mongodb-daily-production-2024-12-08T02-00-00-000Z.archive.gz", BackupSource.MongoDB, BackupType.Daily, "production", "2024-12-08T02:00:00.000Z")]
    [InlineData("backups/weekly/2024/12/mongodb-weekly-pre-prod-2024-12-01.archive.gz", BackupSource.MongoDB, BackupType.Weekly, "pre-prod", "2024-12-01T00:00:00.000Z")]
    [InlineData("backups/manual/2026/11/mongodb-manual-a.b_c-2026-11-23T01-02-03-004Z.archive.zst", BackupSource.MongoDB, BackupType.Manual, "a.b_c", "2026-11-23T01:02:03.004Z")]
    [InlineData("backups/redis/2024/12/redis-production-2024-12-08.rdb.gz", BackupSource.Redis, BackupType.Manual, "production", "2024-12-08T00:00:00.000Z")]
    public void Keys_of_the_layout_are_read(string text, BackupSource source, BackupType type, string environment, string time)
    {
        var key = BackupKey.TryParse(text);

        Assert.NotNull(key);
        Assert.Equal((source, type, environment), (key.Source, key.Type, key.Environment));
        Assert.Equal(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime(), key.Time);
    }

    [Theory]
    [InlineData("backups/daily/2024/12/mongodb-weekly-production-2024-12-08.archive.gz")]
    [InlineData("backups/daily/2024/12/mongodb-daily-production-2024-13-08.archive.gz")]
    [InlineData("backups/daily/2024/12/mongodb-daily-production-2024-12-08.archive.gz.manifest.json")]
    [InlineData("backups/daily/2024/12/mongodb-daily--2024-12-08.archive.gz")]
    [InlineData("other/daily/2024/12/mongodb-daily-production-2024-12-08.archive.gz")]
    [InlineData("backups/daily/2024/12/readme.txt")]
    public void Other_names_are_not(string text) => Assert.Null(BackupKey.TryParse(text));

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Gen.Enum<BackupType>(), Gen.Int[0, 2].Select(index => new[] { "production", "dev-2", "A.b_c" }[index]), Gen.Int[0, 36_000].Select(days => new DateTime(2000, 1, 1).AddDays(days)), Gen.Enum<CompressionMethod>())
            .Sample((type, environment, date, compression) =>
            {
                var key = new BackupKey
                {
                    Source = BackupSource.MongoDB,
                    Type = type,
                    Environment = environment,
                    Time = DateTime.SpecifyKind(date, DateTimeKind.Utc).AddMilliseconds(123),
                    Compression = compression,
                };
                Assert.Equal(key, BackupKey.TryParse(key.ToString()));
            });
}
