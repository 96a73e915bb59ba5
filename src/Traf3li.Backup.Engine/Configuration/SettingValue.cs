namespace Traf3li.Backup.Engine.Configuration;

/// <summary>The text of a setting and where it came from.</summary>
/// <param name="Text">The text; null when nothing is set and there is no default.</param>
/// <param name="Origin">Where it came from.</param>
internal sealed record SettingValue(string? Text, SettingOrigin Origin);
