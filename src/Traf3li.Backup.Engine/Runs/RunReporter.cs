namespace Traf3li.Backup.Engine.Runs;

/// <summary>Passes reports on and remembers the warnings among them, so that the record of a run has them.</summary>
internal sealed class RunReporter(IEngineReporter inner) : IEngineReporter
{
    private const int MostWarnings = 200;

    private readonly object _gate = new();
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>The warnings so far, each once; beyond 200 only that there were more.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_gate)
            {
                return [.. _warnings];
            }
        }
    }

    /// <summary>Remembers a warning that is told elsewhere.</summary>
    public void Remember(string message)
    {
        lock (_gate)
        {
            if (_warnings.Count <= MostWarnings && _seen.Add(message))
            {
                _warnings.Add(_warnings.Count < MostWarnings ? message : "There were more warnings.");
            }
        }
    }

    /// <inheritdoc />
    public void Verbose(string message) => inner.Verbose(message);

    /// <inheritdoc />
    public void Warning(string message)
    {
        Remember(message);
        inner.Warning(message);
    }

    /// <inheritdoc />
    public void Progress(ProgressUpdate update) => inner.Progress(update);
}
