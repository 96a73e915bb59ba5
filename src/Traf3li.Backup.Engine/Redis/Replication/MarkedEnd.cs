using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Replication;

/// <summary>
/// Takes what comes before a marker. A server ends a diskless transfer by 40 bytes that it made up at random for this transfer, so they
/// cannot occur before; they may come in pieces, and what may be their beginning is kept back until the rest has come.
/// </summary>
internal sealed class MarkedEnd(RespReader reader, byte[] marker)
{
    private int _clear;

    /// <summary>Takes bytes that have arrived.</summary>
    /// <returns>How many; 0 at the marker, behind which nothing is taken; null when more must arrive first.</returns>
    public int? Take(Span<byte> destination)
    {
        if (_clear == 0)
        {
            var found = reader.Buffered.IndexOf(marker);
            if (found == 0)
            {
                return 0;
            }

            _clear = found > 0 ? found : Math.Max(reader.Buffered.Length - marker.Length + 1, 0);
            if (_clear == 0)
            {
                return null;
            }
        }

        var count = Math.Min(_clear, destination.Length);
        reader.Buffered[..count].CopyTo(destination);
        reader.Advance(count);
        _clear -= count;
        return count;
    }
}
