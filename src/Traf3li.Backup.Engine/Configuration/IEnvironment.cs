namespace Traf3li.Backup.Engine.Configuration;

/// <summary>A view of the process's environment variables.</summary>
internal interface IEnvironment
{
    /// <summary>The value of a variable; null when it is not set.</summary>
    string? Get(string name);
}
