namespace Traf3li.Backup;

/// <summary>A manifest is of a newer format than this module reads.</summary>
public sealed class ManifestVersionException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ManifestVersionException(string key, int formatVersion, string requiredVersion, Exception? innerException = null)
        : base("ManifestVersion", $"The manifest {key} has format version {formatVersion}; this module reads up to {BackupManifest.CurrentFormatVersion}.", $"Update the module to version {requiredVersion} or newer (Update-Module Traf3li.Backup).", key, innerException)
    {
        FormatVersion = formatVersion;
        RequiredVersion = requiredVersion;
    }

    /// <summary>The format found.</summary>
    public int FormatVersion { get; }
    /// <summary>The least module version that reads it.</summary>
    public string RequiredVersion { get; }
}
