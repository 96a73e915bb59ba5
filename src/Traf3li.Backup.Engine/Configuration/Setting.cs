namespace Traf3li.Backup.Engine.Configuration;

/// <summary>A setting as it is declared: its name is its environment variable.</summary>
/// <param name="name">The environment variable.</param>
/// <param name="description">What it is for, one sentence.</param>
internal abstract class Setting(string name, string description)
{
    /// <summary>The environment variable.</summary>
    public string Name { get; } = name;

    /// <summary>What it is for.</summary>
    public string Description { get; } = description;

    /// <summary>The text used when nothing is set; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether the value may never be shown.</summary>
    public bool IsSecret { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
