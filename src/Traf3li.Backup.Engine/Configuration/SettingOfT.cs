namespace Traf3li.Backup.Engine.Configuration;

/// <summary>A setting with the type of its value.</summary>
/// <param name="name">The environment variable.</param>
/// <param name="description">What it is for, one sentence.</param>
/// <param name="parse">Reads the text; throws <see cref="FormatException" /> whose message says what the text should be, without the text.</param>
internal sealed class Setting<T>(string name, string description, Func<string, T> parse) : Setting(name, description)
{
    /// <summary>Reads the text of the setting.</summary>
    public T Parse(string text) => parse(text);
}
