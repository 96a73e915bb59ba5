using System.Globalization;

namespace Traf3li.Backup.Engine.Progress;

/// <summary>Adds up what the running parts of an operation have done and reports it, the whole as record 0 and each part below it.</summary>
internal sealed class OperationProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly IEngineReporter _reporter;
    private readonly TimeProvider _time;
    private readonly string _activity;
    private readonly long? _totalBytes;
    private readonly long _started;
    private readonly SortedSet<int> _freeIds = [];
    private readonly object _lock = new();
    private long _lastReport;
    private long _documents;
    private long _bytes;
    private int _nextId = 1;

    /// <summary>Begins. <paramref name="totalBytes" /> is an estimate; null shows no percentage.</summary>
    public OperationProgress(IEngineReporter reporter, TimeProvider time, string activity, long? totalBytes)
    {
        _reporter = reporter;
        _time = time;
        _activity = activity;
        _totalBytes = totalBytes > 0 ? totalBytes : null;
        _started = time.GetTimestamp();
        _lastReport = _started;
    }

    /// <summary>Begins a part, such as one collection.</summary>
    public Part Begin(string name, long? totalBytes)
    {
        lock (_lock)
        {
            // Ids are used again, so that a thousand collections do not make a thousand bars.
            var id = _freeIds.Count > 0 ? _freeIds.Min : _nextId++;
            _freeIds.Remove(id);
            return new Part(this, id, name, totalBytes > 0 ? totalBytes : null);
        }
    }

    public void Dispose() => _reporter.Progress(new ProgressUpdate { Id = 0, Activity = _activity, Completed = true });

    private void Add(Part part, long documents, long bytes)
    {
        lock (_lock)
        {
            _documents += documents;
            _bytes += bytes;
            part.Documents += documents;
            part.Bytes += bytes;
            if (_time.GetElapsedTime(_lastReport) < Interval)
            {
                return;
            }

            _lastReport = _time.GetTimestamp();
            var elapsed = _time.GetElapsedTime(_started).TotalSeconds;
            var speed = elapsed > 0 ? _bytes / elapsed : 0;
            _reporter.Progress(new ProgressUpdate
            {
                Id = 0,
                Activity = _activity,
                Status = $"{Describe(_documents, _bytes, _totalBytes)}, {ReadableSize.Format(speed)}/s",
                PercentComplete = Percent(_bytes, _totalBytes),
                Remaining = _totalBytes is { } total && speed > 0 && total > _bytes ? TimeSpan.FromSeconds((total - _bytes) / speed) : null,
            });
            _reporter.Progress(new ProgressUpdate
            {
                Id = part.Id,
                ParentId = 0,
                Activity = part.Name,
                Status = Describe(part.Documents, part.Bytes, part.TotalBytes),
                PercentComplete = Percent(part.Bytes, part.TotalBytes),
            });
        }
    }

    private void End(Part part)
    {
        lock (_lock)
        {
            _freeIds.Add(part.Id);
        }

        _reporter.Progress(new ProgressUpdate { Id = part.Id, ParentId = 0, Activity = part.Name, Completed = true });
    }

    private static int Percent(long bytes, long? total) => total is { } all ? (int)Math.Min(99, bytes * 100 / all) : -1;

    private static string Describe(long documents, long bytes, long? total) =>
        (documents > 0 ? string.Create(CultureInfo.InvariantCulture, $"{documents:N0} documents, ") : "")
        + ReadableSize.Format(bytes)
        + (total is { } all ? $" of about {ReadableSize.Format(all)}" : "");

    /// <summary>One running part.</summary>
    internal sealed class Part : IDisposable
    {
        private readonly OperationProgress _owner;

        internal Part(OperationProgress owner, int id, string name, long? totalBytes)
        {
            _owner = owner;
            Id = id;
            Name = name;
            TotalBytes = totalBytes;
        }

        internal int Id { get; }

        internal string Name { get; }

        internal long? TotalBytes { get; }

        internal long Documents { get; set; }

        internal long Bytes { get; set; }

        /// <summary>Counts what was done since the last call.</summary>
        public void Add(long documents, long bytes) => _owner.Add(this, documents, bytes);

        public void Dispose() => _owner.End(this);
    }
}
