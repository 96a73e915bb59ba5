using System.Collections.Concurrent;

namespace Traf3li.Backup.Testing;

/// <summary>Keeps what the engine said.</summary>
public sealed class RecordingReporter : IEngineReporter
{
    /// <summary>Details.</summary>
    public ConcurrentQueue<string> Details { get; } = new();

    /// <summary>Warnings.</summary>
    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>Progress records.</summary>
    public ConcurrentQueue<ProgressUpdate> Updates { get; } = new();

    /// <inheritdoc />
    public void Verbose(string message) => Details.Enqueue(message);

    /// <inheritdoc />
    public void Warning(string message) => Warnings.Enqueue(message);

    /// <inheritdoc />
    public void Progress(ProgressUpdate update) => Updates.Enqueue(update);
}
