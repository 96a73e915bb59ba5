namespace Traf3li.Backup;

/// <summary>A parameter or setting is missing or wrong.</summary>
public sealed class ConfigurationInvalidException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ConfigurationInvalidException(string setting, string reason, string recommendation, Exception? innerException = null)
        : base("ConfigurationInvalid", $"{setting}: {reason}", recommendation, setting, innerException)
    {
        Setting = setting;
    }

    /// <summary>The parameter or environment variable.</summary>
    public string Setting { get; }
}
