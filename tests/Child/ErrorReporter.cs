namespace Traf3li.Backup.Testing.Child;

/// <summary>Says what the engine says on the standard error stream.</summary>
internal sealed class ErrorReporter : IEngineReporter
{
    public void Verbose(string message) => Console.Error.WriteLine(message);

    public void Warning(string message) => Console.Error.WriteLine("warning: " + message);

    public void Progress(ProgressUpdate update)
    {
    }
}
