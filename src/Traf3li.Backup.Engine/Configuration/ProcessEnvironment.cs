namespace Traf3li.Backup.Engine.Configuration;

/// <summary>The environment variables of this process.</summary>
internal sealed class ProcessEnvironment : IEnvironment
{
    /// <inheritdoc />
    public string? Get(string name) => Environment.GetEnvironmentVariable(name);
}
