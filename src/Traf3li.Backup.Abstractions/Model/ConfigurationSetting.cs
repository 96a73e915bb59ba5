namespace Traf3li.Backup;

/// <summary>One setting, its value and where the value came from.</summary>
public sealed class ConfigurationSetting
{
    /// <summary>The setting's name, which is its environment variable.</summary>
    public required string Name { get; init; }

    /// <summary>The value; for a secret <c>set</c> or <c>not set</c>.</summary>
    public string? Value { get; init; }

    /// <summary>Where it came from: <c>Parameter</c>, <c>Environment</c>, the path of a .env file, or <c>Default</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <summary>Whether the value is withheld.</summary>
    public bool IsSecret { get; init; }
}
