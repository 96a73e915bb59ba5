namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Where the value of a setting came from.</summary>
/// <param name="Name"><c>Parameter</c>, <c>Environment</c>, <c>Default</c> or the full path of a .env file.</param>
/// <param name="Line">The line in the .env file, from 1; null elsewhere.</param>
internal sealed record SettingOrigin(string Name, int? Line = null)
{
    /// <summary>A cmdlet's parameter.</summary>
    public static readonly SettingOrigin Parameter = new("Parameter");

    /// <summary>An environment variable of the process.</summary>
    public static readonly SettingOrigin Environment = new("Environment");

    /// <summary>The default.</summary>
    public static readonly SettingOrigin Default = new("Default");

    /// <inheritdoc />
    public override string ToString() => Line is { } line ? $"{Name}, line {line}" : Name;
}
