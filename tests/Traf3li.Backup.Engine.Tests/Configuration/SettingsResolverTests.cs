using System.Net;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Configuration;

public sealed class SettingsResolverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeEnvironment _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_guide()
    {
        var settings = Resolve();

        Assert.Equal("development", settings.Environment);
        Assert.Equal(7, settings.Require(KnownSettings.RetentionDays));
        Assert.Equal(4, settings.Require(KnownSettings.RetentionWeeks));
        Assert.Equal(12, settings.Require(KnownSettings.RetentionMonths));
        Assert.Equal("0 2 * * *", settings.Require(KnownSettings.ScheduleDaily)?.Text);
        Assert.Equal("0 3 * * 0", settings.Require(KnownSettings.ScheduleWeekly)?.Text);
        Assert.Equal("0 4 1 * *", settings.Require(KnownSettings.ScheduleMonthly)?.Text);
        Assert.Equal("0 */6 * * *", settings.Require(KnownSettings.ScheduleRedis)?.Text);
        Assert.False(settings.IsSet(KnownSettings.NotificationEnabled));
        Assert.Null(settings.MaxFileSize);
    }

    [Fact]
    public void Parameter_wins_over_environment_over_file()
    {
        WriteEnv("BACKUP_DESTINATION=/file\nMONGODB_URI=mongodb://file\nBACKUP_ENVIRONMENT=file");
        _environment["BACKUP_DESTINATION"] = "/environment";
        _environment["MONGODB_URI"] = "mongodb://environment";

        var settings = SettingsResolver.Resolve(new BackupOptions { WorkingDirectory = _folder.Path, Uri = "mongodb://parameter" }, _environment);

        Assert.Equal("mongodb://parameter", settings.MongoUri);
        Assert.Equal("/environment", settings.Destination.DisplayName);
        Assert.Equal("file", settings.Environment);
        var origins = settings.Describe().ToDictionary(setting => setting.Name, setting => setting.Origin, StringComparer.Ordinal);
        Assert.Equal("Parameter", origins["MONGODB_URI"]);
        Assert.Equal("Environment", origins["BACKUP_DESTINATION"]);
        Assert.Equal(Path.Join(_folder.Path, ".env"), origins["BACKUP_ENVIRONMENT"]);
        Assert.Equal("Default", origins["BACKUP_RETENTION_DAYS"]);
    }

    [Fact]
    public void Time_outs_of_Redis_come_from_parameter_environment_or_default()
    {
        _environment["REDIS_IDLE_TIMEOUT"] = "90s";
        _environment["REDIS_FORK_TIMEOUT"] = "2h";
        var settings = SettingsResolver.Resolve(
            new BackupOptions { WorkingDirectory = _folder.Path, Source = BackupSource.Redis, ForkTimeout = TimeSpan.FromSeconds(1.5) }, _environment);

        Assert.Equal(TimeSpan.FromHours(24), settings.Require(KnownSettings.RedisTimeout));
        Assert.Equal(TimeSpan.FromSeconds(90), settings.Require(KnownSettings.RedisIdleTimeout));
        Assert.Equal(TimeSpan.FromSeconds(1.5), settings.Require(KnownSettings.RedisForkTimeout));
        _environment["REDIS_IDLE_TIMEOUT"] = "soon";
        var error = Assert.Throws<ConfigurationInvalidException>(() => Resolve().Require(KnownSettings.RedisIdleTimeout));
        Assert.Contains("REDIS_IDLE_TIMEOUT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_values_count_as_not_set()
    {
        WriteEnv("BACKUP_DESTINATION=/file\n");
        _environment["BACKUP_DESTINATION"] = " ";

        Assert.Equal("/file", Resolve().Destination.DisplayName);
    }

    [Theory]
    [InlineData(null, null, "development")]
    [InlineData(null, "production", "production")]
    [InlineData("staging", "production", "staging")]
    public void The_environment_label_falls_back_to_node_env(string? own, string? node, string expected)
    {
        WriteEnv($"BACKUP_ENVIRONMENT={own}\nNODE_ENV={node}\n");

        Assert.Equal(expected, Resolve().Environment);
        Assert.Equal("given", SettingsResolver.Resolve(new BackupQuery { WorkingDirectory = _folder.Path, Environment = "given" }, _environment).Environment);
    }

    [Theory]
    [InlineData("prod/../x")]
    [InlineData("-x")]
    [InlineData("a b")]
    public void A_label_that_would_break_keys_is_refused(string label)
    {
        _environment["BACKUP_ENVIRONMENT"] = label;

        Assert.Equal("BACKUP_ENVIRONMENT", Assert.Throws<ConfigurationInvalidException>(() => Resolve().Environment).Setting);
    }

    [Fact]
    public void Destination_wins_over_bucket()
    {
        _environment["BACKUP_S3_BUCKET"] = "traf3li-backups";
        Assert.Equal("s3://traf3li-backups", Resolve().Destination.DisplayName);

        WriteEnv("BACKUP_DESTINATION=backups");
        Assert.Equal(Path.Join(_folder.Path, "backups"), Resolve().Destination.DisplayName);
    }

    [Fact]
    public void Without_a_destination_the_error_says_how_to_give_one()
    {
        var error = Assert.Throws<ConfigurationInvalidException>(() => Resolve().Destination);

        Assert.Equal("BACKUP_DESTINATION", error.Setting);
        Assert.Contains("-Destination", error.Recommendation, StringComparison.Ordinal);
        Assert.Contains("BACKUP_S3_BUCKET", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_value_is_named_with_file_and_line()
    {
        WriteEnv("# sizes\nNODE_ENV=test\nexport BACKUP_MAX_FILE_SIZE=\"12 XB\"\n");

        var error = Assert.Throws<ConfigurationInvalidException>(() => Resolve().MaxFileSize);

        Assert.Contains("BACKUP_MAX_FILE_SIZE", error.Message, StringComparison.Ordinal);
        Assert.Contains("12 XB", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Join(_folder.Path, ".env") + ", line 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_value_stops_only_what_needs_it()
    {
        _environment["BACKUP_RETENTION_DAYS"] = "many";
        _environment["BACKUP_DESTINATION"] = "/b";

        Assert.Equal("/b", Resolve().Destination.DisplayName);
        Assert.Throws<ConfigurationInvalidException>(() => Resolve().Require(KnownSettings.RetentionDays));
    }

    [Fact]
    public void Secrets_are_described_as_set_or_not_set_and_uris_without_passwords()
    {
        _environment["AWS_SECRET_ACCESS_KEY"] = "hush-secret";
        _environment["MONGODB_URI"] = "mongodb://root:hush-password@db.example.com/shop?authSource=admin";
        _environment["REDIS_URL"] = "redis://:hush-redis@cache:6379";

        var described = Resolve().Describe();

        Assert.Equal(KnownSettings.All.Count, described.Count);
        Assert.DoesNotContain(described, setting => setting.Value?.Contains("hush", StringComparison.Ordinal) == true);
        var values = described.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
        Assert.Equal("set", values["AWS_SECRET_ACCESS_KEY"]);
        Assert.Equal("not set", values["RESEND_API_KEY"]);
        Assert.Equal("mongodb://root:***@db.example.com/shop?authSource=admin", values["MONGODB_URI"]);
        Assert.All(described.Where(setting => setting.Name.Contains("SECRET", StringComparison.Ordinal)), setting => Assert.True(setting.IsSecret));
    }

    [Fact]
    public void A_credential_parameter_replaces_keys_and_session_token()
    {
        _environment["AWS_ACCESS_KEY_ID"] = "other";
        _environment["AWS_SESSION_TOKEN"] = "of-other";
        var options = new BackupQuery { WorkingDirectory = _folder.Path, DestinationCredential = new NetworkCredential("id", "secret") };

        var settings = SettingsResolver.Resolve(options, _environment);

        Assert.Equal("id", settings.Find(KnownSettings.AccessKeyId));
        Assert.Equal("secret", settings.Find(KnownSettings.SecretAccessKey));
        Assert.Null(settings.Find(KnownSettings.SessionToken));
    }

    [Fact]
    public void Credentials_in_a_destination_are_refused_and_not_shown()
    {
        foreach (var text in new[] { "s3://AKIA:hush@bucket/p", "s3://AKIA:hu/sh@bucket", "s3://b?endpoint=https://u:hush@host", "s3://b?endpoint=https%3A%2F%2Fu%3Ahush%40host" })
        {
            _environment["BACKUP_DESTINATION"] = text;
            var error = Assert.Throws<ConfigurationInvalidException>(() => Resolve().Destination);
            Assert.Contains("credentials", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hu", error.ToString(), StringComparison.Ordinal);
        }
    }

    private EngineSettings Resolve() => SettingsResolver.Resolve(new BackupQuery { WorkingDirectory = _folder.Path }, _environment);

    private void WriteEnv(string text) => File.WriteAllText(Path.Join(_folder.Path, ".env"), text);
}
