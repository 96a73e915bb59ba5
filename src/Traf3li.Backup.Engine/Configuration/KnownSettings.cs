using Traf3li.Backup.Engine.Health.Judgements;
using Traf3li.Backup.Engine.Notifications.Smtp;
using Traf3li.Backup.Engine.Notifications.Webhooks;
using Traf3li.Backup.Engine.Schedules;

namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Every setting, declared once. The names and defaults are those of the Node scripts where these had them.</summary>
internal static class KnownSettings
{
    public static readonly Setting<string> Destination =
        new("BACKUP_DESTINATION", "Where backups are: a folder, file:///… or s3://bucket/prefix?endpoint=…; wins over BACKUP_S3_BUCKET.", SettingParsers.Text);

    public static readonly Setting<string> Bucket =
        new("BACKUP_S3_BUCKET", "The S3 bucket that backups are in.", SettingParsers.Text);

    public static readonly Setting<string> Environment =
        new("BACKUP_ENVIRONMENT", "The environment label in keys; else NODE_ENV.", SettingParsers.Label);

    public static readonly Setting<string> NodeEnvironment =
        new("NODE_ENV", "The environment label when BACKUP_ENVIRONMENT is not set.", SettingParsers.Label) { Default = "development" };

    public static readonly Setting<string> MongoUri =
        new("MONGODB_URI", "The connection string of the MongoDB server to back up and restore.", SettingParsers.Text);

    public static readonly Setting<string> TestMongoUri =
        new("TEST_MONGODB_URI", "The connection string of the scratch server that test restores go to.", SettingParsers.Text);

    public static readonly Setting<string> RedisUrl =
        new("REDIS_URL", "The URL of the Redis server to back up and restore.", SettingParsers.Text);

    public static readonly Setting<string> TestRedisUrl =
        new("TEST_REDIS_URL", "The URL of the empty Redis server that test restores go to; without it a local redis-server or valkey-server is started.", SettingParsers.Text);

    public static readonly Setting<TimeSpan> RedisTimeout =
        new("REDIS_BACKUP_TIMEOUT", "How long reading one Redis server may take in all, in seconds or as 24h.", SettingParsers.Duration) { Default = "24h" };

    public static readonly Setting<TimeSpan> RedisIdleTimeout =
        new("REDIS_IDLE_TIMEOUT", "How long a Redis server that is read may send nothing, in seconds or as 90s.", SettingParsers.Duration) { Default = "60s" };

    public static readonly Setting<TimeSpan> RedisForkTimeout =
        new("REDIS_FORK_TIMEOUT", "How long a Redis server may prepare the RDB before it sends it, in seconds or as 30m.", SettingParsers.Duration) { Default = "30m" };

    public static readonly Setting<RedisBackupMethod> RedisMethod =
        new("REDIS_BACKUP_METHOD", "How Redis is read: Auto, Replication or Scan.", SettingParsers.Choice<RedisBackupMethod>) { Default = "Auto" };

    public static readonly Setting<BackupConsistency> Consistency =
        new("BACKUP_CONSISTENCY", "How MongoDB is read: Snapshot, Oplog or None; when not set, the best that the server can.", SettingParsers.Choice<BackupConsistency>);

    public static readonly Setting<bool> AcceptWeakLock =
        new("BACKUP_ACCEPT_WEAK_LOCK", "Whether a store that cannot keep a second writer out is used without a warning.", SettingParsers.Boolean) { Default = "false" };

    public static readonly Setting<long> MaxFileSize =
        new("BACKUP_MAX_FILE_SIZE", "The largest backup kept, in bytes or as 1GB; none when not set.", SettingParsers.Size);

    public static readonly Setting<string> AccessKeyId =
        new("AWS_ACCESS_KEY_ID", "The access key id for S3.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> SecretAccessKey =
        new("AWS_SECRET_ACCESS_KEY", "The secret access key for S3.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> SessionToken =
        new("AWS_SESSION_TOKEN", "The session token that belongs to temporary S3 keys.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> Profile =
        new("AWS_PROFILE", "The profile of the AWS configuration files to take keys and region from.", SettingParsers.Text);

    public static readonly Setting<string> Region =
        new("AWS_REGION", "The region of the bucket.", SettingParsers.Text);

    public static readonly Setting<string> DefaultRegion =
        new("AWS_DEFAULT_REGION", "The region of the bucket when AWS_REGION is not set.", SettingParsers.Text);

    public static readonly Setting<string> SseAlgorithm =
        new("S3_SSE_ALGORITHM", "Encryption at rest in S3: AES256, aws:kms or none; not set means AES256 on AWS and none at a custom endpoint.", S3DestinationParser.Encryption);

    public static readonly Setting<string> KmsKeyId =
        new("S3_KMS_KEY_ID", "The KMS key for aws:kms; the bucket's own when not set.", SettingParsers.Text);

    public static readonly Setting<int> RetentionDays =
        new("BACKUP_RETENTION_DAYS", "How many days daily backups are kept.", SettingParsers.Count) { Default = "7" };

    public static readonly Setting<int> RetentionWeeks =
        new("BACKUP_RETENTION_WEEKS", "How many weeks weekly backups are kept.", SettingParsers.Count) { Default = "4" };

    public static readonly Setting<int> RetentionMonths =
        new("BACKUP_RETENTION_MONTHS", "How many months monthly backups are kept.", SettingParsers.Count) { Default = "12" };

    public static readonly Setting<int> RetentionYears =
        new("BACKUP_RETENTION_YEARS", "How many years yearly backups are kept.", SettingParsers.Count) { Default = "7" };

    public static readonly Setting<string> CopyDestination =
        new("BACKUP_COPY_DESTINATION", "Where second copies are: a folder or s3://bucket/prefix?…; New-Traf3liBackup copies each backup there, Restore- and Test-Traf3liBackup fall back to it.", SettingParsers.Text);

    public static readonly Setting<string> CopyAccessKeyId =
        new("BACKUP_COPY_ACCESS_KEY_ID", "The access key id for second copies in S3; AWS_ACCESS_KEY_ID when not set.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> CopySecretAccessKey =
        new("BACKUP_COPY_SECRET_ACCESS_KEY", "The secret access key for second copies in S3.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> CopySessionToken =
        new("BACKUP_COPY_SESSION_TOKEN", "The session token that belongs to temporary keys for second copies.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<string> CopyRegion =
        new("BACKUP_COPY_REGION", "The region of the bucket of second copies; AWS_REGION when not set.", SettingParsers.Text);

    public static readonly Setting<int> CopyRetentionDays =
        new("BACKUP_COPY_RETENTION_DAYS", "How many days daily backups are kept among the second copies; BACKUP_RETENTION_DAYS when not set.", SettingParsers.Count);

    public static readonly Setting<int> CopyRetentionWeeks =
        new("BACKUP_COPY_RETENTION_WEEKS", "How many weeks weekly backups are kept among the second copies; BACKUP_RETENTION_WEEKS when not set.", SettingParsers.Count);

    public static readonly Setting<int> CopyRetentionMonths =
        new("BACKUP_COPY_RETENTION_MONTHS", "How many months monthly backups are kept among the second copies; BACKUP_RETENTION_MONTHS when not set.", SettingParsers.Count);

    public static readonly Setting<int> CopyRetentionYears =
        new("BACKUP_COPY_RETENTION_YEARS", "How many years yearly backups are kept among the second copies; BACKUP_RETENTION_YEARS when not set.", SettingParsers.Count);

    public static readonly Setting<int> HistoryDays =
        new("BACKUP_HISTORY_DAYS", "How many days the history of runs is kept; of restores and removals three times that.", SettingParsers.Count) { Default = "400" };

    public static readonly Setting<CronExpression?> ScheduleDaily =
        new("BACKUP_SCHEDULE_DAILY", "When daily backups of MongoDB run, as a cron expression, or off.", SettingParsers.Schedule) { Default = "0 2 * * *" };

    public static readonly Setting<CronExpression?> ScheduleWeekly =
        new("BACKUP_SCHEDULE_WEEKLY", "When weekly backups of MongoDB run, as a cron expression, or off.", SettingParsers.Schedule) { Default = "0 3 * * 0" };

    public static readonly Setting<CronExpression?> ScheduleMonthly =
        new("BACKUP_SCHEDULE_MONTHLY", "When monthly backups of MongoDB run, as a cron expression, or off.", SettingParsers.Schedule) { Default = "0 4 1 * *" };

    public static readonly Setting<CronExpression?> ScheduleYearly =
        new("BACKUP_SCHEDULE_YEARLY", "When yearly backups of MongoDB run, as a cron expression; off when not set.", SettingParsers.Schedule);

    public static readonly Setting<CronExpression?> ScheduleRedis =
        new("BACKUP_SCHEDULE_REDIS", "When Redis backups run, as a cron expression, or off.", SettingParsers.Schedule) { Default = "0 */6 * * *" };

    public static readonly Setting<CronExpression?> ScheduleOplog =
        new("BACKUP_SCHEDULE_OPLOG", "When oplog slices are taken, as a cron expression; off when not set.", SettingParsers.Schedule);

    public static readonly Setting<TimeZoneInfo> TimeZone =
        new("BACKUP_TIMEZONE", "The time zone that schedules go by, such as Europe/Berlin; that of the machine when not set.", SettingParsers.Zone);

    public static readonly Setting<bool> NotificationEnabled =
        new("BACKUP_NOTIFICATION_ENABLED", "Whether is told what became of backups, restores and removals; when not set, true where BACKUP_NOTIFY is.", SettingParsers.Boolean);

    public static readonly Setting<NotificationPolicy> NotifyPolicy =
        new("BACKUP_NOTIFY", "Of which runs is told: Always, OnFailure, OnChange or Never.", SettingParsers.Choice<NotificationPolicy>);

    public static readonly Setting<TimeSpan?> NotificationReminder =
        new("BACKUP_NOTIFICATION_REMINDER", "After which time an alert that goes on is sent again, such as 24h, or never.", NotificationParsers.Reminder) { Default = "24h" };

    public static readonly Setting<IReadOnlyList<string>> NotificationEmail =
        new("BACKUP_NOTIFICATION_EMAIL", "Whom mail about backups goes to, several with commas between.", NotificationParsers.Addresses);

    public static readonly Setting<string> NotificationFrom =
        new("BACKUP_NOTIFICATION_FROM", "Whom mail about backups comes from: an address, or Name <address>.", NotificationParsers.Address);

    public static readonly Setting<string> ResendApiKey =
        new("RESEND_API_KEY", "The key of the Resend mail service, which then sends the mail.", NotificationParsers.HeaderText) { IsSecret = true };

    public static readonly Setting<Uri> ResendApiUrl =
        new("RESEND_API_URL", "The address of Resend's API, for a proxy.", NotificationParsers.SecureUrl) { Default = "https://api.resend.com" };

    public static readonly Setting<string> SmtpHost =
        new("BACKUP_SMTP_HOST", "The SMTP server that sends mail about backups.", NotificationParsers.Host);

    public static readonly Setting<int> SmtpPort =
        new("BACKUP_SMTP_PORT", "Its port; 587, with Tls 465, with None 25 when not set.", NotificationParsers.Port);

    public static readonly Setting<string> SmtpUser =
        new("BACKUP_SMTP_USER", "The user to log in to it as.", SettingParsers.Text);

    public static readonly Setting<string> SmtpPassword =
        new("BACKUP_SMTP_PASSWORD", "The password of that user.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<SmtpSecurity> SmtpSecurity =
        new("BACKUP_SMTP_SECURITY", "How the connection to it is encrypted: StartTls, Tls or None; when not set Tls at port 465, else StartTls.", SettingParsers.Choice<SmtpSecurity>);

    public static readonly Setting<string> SmtpCaFile =
        new("BACKUP_SMTP_CA_FILE", "A PEM file of the authorities that may vouch for it, instead of the machine's own.", SettingParsers.Text);

    public static readonly Setting<Uri> WebhookUrl =
        new("BACKUP_WEBHOOK_URL", "Where a webhook about backups is posted to.", NotificationParsers.Url) { IsSecret = true };

    public static readonly Setting<string> WebhookSecret =
        new("BACKUP_WEBHOOK_SECRET", "What the webhook is signed with.", SettingParsers.Text) { IsSecret = true };

    public static readonly Setting<WebhookFormat> WebhookFormat =
        new("BACKUP_WEBHOOK_FORMAT", "The form of the webhook: Json, Slack, Teams, or Auto, by host.", SettingParsers.Choice<WebhookFormat>) { Default = "Auto" };

    public static readonly Setting<string> PingUrl =
        new("BACKUP_PING_URL", "What backups of a schedule ping; may hold {source}, {type} and {environment}.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<string> PingUrlDaily =
        new("BACKUP_PING_URL_DAILY", "What daily backups of MongoDB ping instead.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<string> PingUrlWeekly =
        new("BACKUP_PING_URL_WEEKLY", "What weekly backups of MongoDB ping instead.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<string> PingUrlMonthly =
        new("BACKUP_PING_URL_MONTHLY", "What monthly backups of MongoDB ping instead.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<string> PingUrlYearly =
        new("BACKUP_PING_URL_YEARLY", "What yearly backups of MongoDB ping instead.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<string> PingUrlRedis =
        new("BACKUP_PING_URL_REDIS", "What backups of Redis ping instead.", NotificationParsers.PingUrl) { IsSecret = true };

    public static readonly Setting<long> Quota =
        new("BACKUP_QUOTA", "The most that all backups may take, in bytes or as 500GB; health warns before it is reached.", SettingParsers.Size);

    public static readonly Setting<int> DrillDays =
        new("BACKUP_DRILL_DAYS", "After how many days health asks for another restore drill.", SettingParsers.Count) { Default = "35" };

    public static readonly Setting<IReadOnlyList<string>> HealthAccept =
        new("BACKUP_HEALTH_ACCEPT", "Checks of health whose warnings are meant to be so, such as Versioning,PublicAccess: they are shown as accepted and change no exit code.", AcceptedChecks.Parse);

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Destination, Bucket, Environment, NodeEnvironment, MongoUri, TestMongoUri, RedisUrl, TestRedisUrl, RedisTimeout, RedisIdleTimeout, RedisForkTimeout, RedisMethod,
        Consistency, AcceptWeakLock, MaxFileSize,
        AccessKeyId, SecretAccessKey, SessionToken, Profile, Region, DefaultRegion, SseAlgorithm, KmsKeyId,
        RetentionDays, RetentionWeeks, RetentionMonths, RetentionYears, HistoryDays,
        CopyDestination, CopyAccessKeyId, CopySecretAccessKey, CopySessionToken, CopyRegion, CopyRetentionDays, CopyRetentionWeeks, CopyRetentionMonths, CopyRetentionYears,
        ScheduleDaily, ScheduleWeekly, ScheduleMonthly,
        ScheduleYearly, ScheduleRedis, ScheduleOplog, TimeZone,
        Quota, DrillDays, HealthAccept,
        NotificationEnabled, NotifyPolicy, NotificationReminder, NotificationEmail, NotificationFrom, ResendApiKey, ResendApiUrl,
        SmtpHost, SmtpPort, SmtpUser, SmtpPassword, SmtpSecurity, SmtpCaFile, WebhookUrl, WebhookSecret, WebhookFormat,
        PingUrl, PingUrlDaily, PingUrlWeekly, PingUrlMonthly, PingUrlYearly, PingUrlRedis,
    ];
}
