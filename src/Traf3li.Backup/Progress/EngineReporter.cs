using Traf3li.Backup.Commands;

namespace Traf3li.Backup.Progress;

/// <summary>Carries what the engine says to the streams of a cmdlet.</summary>
internal sealed class EngineReporter(AsyncPSCmdlet cmdlet, PipelinePump pump) : IEngineReporter
{
    /// <inheritdoc />
    public void Verbose(string message) => pump.Post(() => cmdlet.WriteVerbose(message));

    /// <inheritdoc />
    public void Warning(string message) => pump.Post(() => cmdlet.WriteWarning(message));

    /// <inheritdoc />
    public void Progress(ProgressUpdate update) => pump.Show(update);
}
