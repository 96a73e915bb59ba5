namespace Traf3li.Backup.Engine.Tests.Verification;

/// <summary>Takes reports and keeps none.</summary>
internal sealed class SilentReporter : IEngineReporter
{
    public void Verbose(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Progress(ProgressUpdate update)
    {
    }
}
