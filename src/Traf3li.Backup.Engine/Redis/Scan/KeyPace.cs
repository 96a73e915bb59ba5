namespace Traf3li.Backup.Engine.Redis.Scan;

/// <summary>
/// Decides how many keys are asked for ahead. A server makes the answers to all commands that it was sent and holds them until they are taken, so what is under
/// way is bounded by the size of values seen lately: by their average, and by the largest one where values differ much.
/// </summary>
internal sealed class KeyPace
{
    /// <summary>The most keys under way.</summary>
    public const int MostKeys = 1024;

    private const double TargetBytes = 4 << 20;
    private const double LargestShare = 16;
    private const double LeastBytes = 64;

    // Before anything is known: 64 keys.
    private double _average = TargetBytes / 64;
    private double _largest;

    /// <summary>How many keys may be under way now.</summary>
    public int Keys => (int)Math.Clamp(TargetBytes / Math.Max(LeastBytes, Math.Max(_average, _largest / LargestShare)), 1, MostKeys);

    /// <summary>Tells the sizes of some values.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Bytes of all of them.</param>
    /// <param name="largest">Bytes of the largest one.</param>
    public void Add(int count, long bytes, long largest)
    {
        // An average falls slowly and rises at once; a large value is forgotten after some hundred others.
        var seen = bytes / (double)Math.Max(count, 1);
        _average = seen > _average ? seen : (_average * 0.75) + (seen * 0.25);
        _largest = Math.Max(largest, _largest * 0.9);
    }
}
