namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Decides the value of every setting: parameter over environment variable over .env file over default.</summary>
internal static class SettingsResolver
{
    /// <summary>Resolves all settings. An empty value counts as not set. Values are validated when they are used, not here.</summary>
    /// <exception cref="ConfigurationInvalidException">The .env file cannot be read.</exception>
    public static EngineSettings Resolve(EngineOptions options, IEnvironment environment)
    {
        var parameters = Parameters(options);
        var file = EnvFile.Read(options.EnvFile, options.WorkingDirectory);
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach (var setting in KnownSettings.All)
        {
            values[setting.Name] = Choose(setting, parameters, environment, file);
        }

        return new EngineSettings(values, options.WorkingDirectory);
    }

    private static SettingValue Choose(
        Setting setting, Dictionary<string, string?> parameters, IEnvironment environment, IReadOnlyDictionary<string, SettingValue> file)
    {
        if (parameters.TryGetValue(setting.Name, out var given))
        {
            return new SettingValue(given, SettingOrigin.Parameter);
        }

        if (environment.Get(setting.Name) is { } variable && !string.IsNullOrWhiteSpace(variable))
        {
            return new SettingValue(variable, SettingOrigin.Environment);
        }

        return file.TryGetValue(setting.Name, out var line) && !string.IsNullOrWhiteSpace(line.Text)
            ? line
            : new SettingValue(setting.Default, SettingOrigin.Default);
    }

    private static Dictionary<string, string?> Parameters(EngineOptions options)
    {
        var given = new Dictionary<string, string?>(StringComparer.Ordinal);
        Add(KnownSettings.Destination, options.Destination);
        Add(KnownSettings.Environment, options.Environment);
        switch (options)
        {
            case BackupOptions backup:
                Add(backup.Source == BackupSource.Redis ? KnownSettings.RedisUrl : KnownSettings.MongoUri, backup.Uri);
                Add(KnownSettings.MaxFileSize, backup.MaxSize?.ToString(System.Globalization.CultureInfo.InvariantCulture));
                Add(KnownSettings.RedisTimeout, Seconds(backup.Timeout));
                Add(KnownSettings.RedisIdleTimeout, Seconds(backup.IdleTimeout));
                Add(KnownSettings.RedisForkTimeout, Seconds(backup.ForkTimeout));
                Add(KnownSettings.RedisMethod, backup.Method == RedisBackupMethod.Auto ? null : backup.Method.ToString());
                Add(KnownSettings.Consistency, backup.Consistency?.ToString());
                break;
            case RestoreOptions restore:
                Add(restore.Backup.Source == BackupSource.Redis ? KnownSettings.RedisUrl : KnownSettings.MongoUri, restore.Uri);
                break;
            case VerificationOptions verification:
                Add(verification.Backup.Source == BackupSource.Redis ? KnownSettings.TestRedisUrl : KnownSettings.TestMongoUri, verification.ScratchUri);
                break;
            case RetentionOptions retention:
                Add(KnownSettings.RetentionDays, Number(retention.KeepDaily));
                Add(KnownSettings.RetentionWeeks, Number(retention.KeepWeekly));
                Add(KnownSettings.RetentionMonths, Number(retention.KeepMonthly));
                Add(KnownSettings.RetentionYears, Number(retention.KeepYearly));
                break;
            case HealthOptions { Accept: { } accepted }:
                // None at all wins over the setting too.
                given[KnownSettings.HealthAccept.Name] = string.Join(',', accepted);
                break;
            case ScheduleQuery schedule:
                Add(KnownSettings.TimeZone, schedule.TimeZone);
                break;
            case ScheduleExportOptions export:
                Add(KnownSettings.TimeZone, export.TimeZone);
                break;
            case CopyOptions copy:
                Add(KnownSettings.CopyDestination, copy.To);
                Add(KnownSettings.CopyRetentionDays, Number(copy.KeepDaily));
                Add(KnownSettings.CopyRetentionWeeks, Number(copy.KeepWeekly));
                Add(KnownSettings.CopyRetentionMonths, Number(copy.KeepMonthly));
                Add(KnownSettings.CopyRetentionYears, Number(copy.KeepYearly));
                if (copy.ToCredential is { } login)
                {
                    given[KnownSettings.CopyAccessKeyId.Name] = login.UserName;
                    given[KnownSettings.CopySecretAccessKey.Name] = login.Password;
                    given[KnownSettings.CopySessionToken.Name] = null;
                }

                break;
            default:
                break;
        }

        if (options.DestinationCredential is { } credential)
        {
            given[KnownSettings.AccessKeyId.Name] = credential.UserName;
            given[KnownSettings.SecretAccessKey.Name] = credential.Password;
            // A session token of the environment belongs to other keys.
            given[KnownSettings.SessionToken.Name] = null;
        }

        return given;

        static string? Number(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);

        static string? Seconds(TimeSpan? time) => time?.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

        void Add(Setting setting, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                given[setting.Name] = value;
            }
        }
    }
}
