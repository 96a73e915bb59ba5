namespace Traf3li.Backup.Engine.Verification;

/// <summary>
/// What is wrong with a backup, in sentences, in the order in which it was found. Any number of threads may add; beyond a bound problems
/// are only counted, since an archive that is damaged everywhere could have millions.
/// </summary>
internal sealed class ProblemList
{
    private const int Most = 100;

    private readonly List<string> _sentences = [];
    private long _further;

    /// <summary>How many problems were found.</summary>
    public long Count
    {
        get
        {
            lock (_sentences)
            {
                return _sentences.Count + _further;
            }
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(string sentence)
    {
        lock (_sentences)
        {
            if (_sentences.Count < Most)
            {
                _sentences.Add(sentence);
            }
            else
            {
                _further++;
            }
        }
    }

    /// <summary>All of them, the last one telling how many were left out.</summary>
    public IReadOnlyList<string> ToArray()
    {
        lock (_sentences)
        {
            return _further == 0 ? [.. _sentences] : [.. _sentences, $"There are {_further} further problems."];
        }
    }
}
