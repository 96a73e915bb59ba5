namespace Traf3li.Backup.Engine.Configuration;

/// <summary>The settings of one operation. Each is validated when it is first asked for, so a wrong one stops only what needs it.</summary>
internal sealed partial class EngineSettings
{
    private readonly Dictionary<string, SettingValue> _values;
    private readonly string _workingDirectory;

    internal EngineSettings(Dictionary<string, SettingValue> values, string workingDirectory)
    {
        _values = values;
        _workingDirectory = workingDirectory;
    }

    /// <summary>The environment label: BACKUP_ENVIRONMENT, else NODE_ENV, else <c>development</c>.</summary>
    public string Environment => IsSet(KnownSettings.Environment) ? Require(KnownSettings.Environment) : Require(KnownSettings.NodeEnvironment);

    /// <summary>The connection string of the MongoDB server. Holds secrets.</summary>
    public string MongoUri => Require(KnownSettings.MongoUri);

    /// <summary>The URL of the Redis server. Holds secrets.</summary>
    public string RedisUrl => Require(KnownSettings.RedisUrl);

    /// <summary>The connection string of the scratch server. Holds secrets.</summary>
    public string TestMongoUri => Require(KnownSettings.TestMongoUri);

    /// <summary>The URL of the Redis server that test restores go to; null when there is none. Holds secrets.</summary>
    public string? TestRedisUrl => Find(KnownSettings.TestRedisUrl);

    /// <summary>The largest stored object allowed, bytes; null allows any.</summary>
    public long? MaxFileSize => IsSet(KnownSettings.MaxFileSize) ? Require(KnownSettings.MaxFileSize) : null;

    /// <summary>Whether a destination is set at all.</summary>
    public bool HasDestination => IsSet(KnownSettings.Destination) || IsSet(KnownSettings.Bucket);

    /// <summary>Where backups are: BACKUP_DESTINATION, else the bucket of BACKUP_S3_BUCKET.</summary>
    /// <exception cref="ConfigurationInvalidException">Neither is set, or the one that is set is wrong.</exception>
    public Destination Destination
    {
        get
        {
            var setting = IsSet(KnownSettings.Destination) || !IsSet(KnownSettings.Bucket) ? KnownSettings.Destination : KnownSettings.Bucket;
            return ParseDestination(setting);
        }
    }

    /// <summary>The texts of all settings that may never be shown.</summary>
    public IEnumerable<string> Secrets => KnownSettings.All.Where(setting => setting.IsSecret).Select(setting => _values[setting.Name].Text).OfType<string>();

    /// <summary>Whether a value was given or there is a default.</summary>
    public bool IsSet(Setting setting) => _values[setting.Name].Text is not null;

    /// <summary>The value of a text setting; null when it is not set.</summary>
    public string? Find(Setting<string> setting) => IsSet(setting) ? Require(setting) : null;

    /// <summary>The value of a setting.</summary>
    /// <exception cref="ConfigurationInvalidException">It is not set, or its text is wrong.</exception>
    public T Require<T>(Setting<T> setting)
    {
        if (_values[setting.Name].Text is not { } text)
        {
            throw new ConfigurationInvalidException(setting.Name, "it is not set.", HowToSet(setting));
        }

        try
        {
            return setting.Parse(text);
        }
        catch (FormatException error)
        {
            throw Invalid(setting, error.Message, error);
        }
    }

    /// <summary>Every setting with its value and origin; of secrets only whether they are set.</summary>
    public IReadOnlyList<ConfigurationSetting> Describe() => [.. KnownSettings.All.Select(setting => new ConfigurationSetting
    {
        Name = setting.Name,
        Description = setting.Description,
        IsSecret = setting.IsSecret,
        Value = Shown(setting),
        Origin = _values[setting.Name].Origin.Name,
    })];

    private static string HowToSet(Setting setting) => setting.Name switch
    {
        "BACKUP_DESTINATION" => "Use -Destination, or set BACKUP_DESTINATION or BACKUP_S3_BUCKET in the environment or in the .env file.",
        "BACKUP_COPY_DESTINATION" => "Use -To, or set BACKUP_COPY_DESTINATION in the environment or in the .env file.",
        "MONGODB_URI" => "Use -Uri, or set MONGODB_URI in the environment or in the .env file.",
        "REDIS_URL" => "Use -Uri, or set REDIS_URL in the environment or in the .env file.",
        "TEST_MONGODB_URI" => "Use -ScratchUri, or set TEST_MONGODB_URI in the environment or in the .env file.",
        "TEST_REDIS_URL" => "Use -ScratchUri, set TEST_REDIS_URL in the environment or in the .env file, or have redis-server or valkey-server on PATH.",
        _ => $"Set {setting.Name} in the environment or in the .env file.",
    };

    private Destination ParseDestination(Setting<string> setting)
    {
        var text = Require(setting);
        try
        {
            return setting == KnownSettings.Bucket ? Destination.ParseBucket(text) : Destination.Parse(text, _workingDirectory);
        }
        catch (FormatException error)
        {
            throw Invalid(setting, error.Message, error);
        }
    }

    private ConfigurationInvalidException Invalid(Setting setting, string reason, Exception error)
    {
        var value = _values[setting.Name];
        // Behind an @, escaped or not, may stand credentials that are written too wrongly for the redactor to find.
        var isHidden = setting.IsSecret || Uri.UnescapeDataString(value.Text!).Contains('@', StringComparison.Ordinal);
        var subject = isHidden ? "the value" : $"'{SecretRedactor.Redact(value.Text!)}'";
        return new ConfigurationInvalidException(setting.Name, $"{subject} (from {value.Origin}) {reason}.", $"Correct {Place(setting, value.Origin)}.", error);
    }

    private static string Place(Setting setting, SettingOrigin origin) =>
        origin == SettingOrigin.Parameter ? $"the parameter that stands for {setting.Name}"
        : origin == SettingOrigin.Environment ? $"the environment variable {setting.Name}"
        : $"{setting.Name} in {origin}";

    private string? Shown(Setting setting)
    {
        var text = _values[setting.Name].Text;
        if (setting.IsSecret)
        {
            return text is null ? "not set" : "set";
        }

        return text is null ? null : SecretRedactor.Redact(text);
    }
}
