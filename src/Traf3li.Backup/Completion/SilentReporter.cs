namespace Traf3li.Backup.Completion;

/// <summary>Where nobody listens.</summary>
internal sealed class SilentReporter : IEngineReporter
{
    /// <summary>The only one.</summary>
    public static SilentReporter Instance { get; } = new();

    /// <inheritdoc />
    public void Verbose(string message)
    {
    }

    /// <inheritdoc />
    public void Warning(string message)
    {
    }

    /// <inheritdoc />
    public void Progress(ProgressUpdate update)
    {
    }
}
