namespace Traf3li.Backup;

/// <summary>Where the engine says what it is doing. Calls may come from any thread and never block for long.</summary>
public interface IEngineReporter
{
    /// <summary>A detail for -Verbose. Never holds a secret.</summary>
    void Verbose(string message);

    /// <summary>Something that the user should know and that does not stop the work.</summary>
    void Warning(string message);

    /// <summary>The state of a piece of work; the newest of an <see cref="ProgressUpdate.Id" /> wins.</summary>
    void Progress(ProgressUpdate update);
}
