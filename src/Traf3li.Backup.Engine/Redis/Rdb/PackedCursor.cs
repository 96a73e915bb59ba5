using System.Buffers.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// Goes through a list that is packed into one string, entry by entry, and checks it on the way: every length must fit, and the
/// list must end where it says. Each entry that was moved to must be emitted or taken.
/// </summary>
internal abstract class PackedCursor
{
    private const int LongestScore = 256;

    private long _stop;

    /// <summary>How many entries were moved to.</summary>
    public long Count { get; protected set; }

    /// <summary>Whether the entry is a number.</summary>
    public bool IsInteger { get; protected set; }

    /// <summary>The number.</summary>
    public long Integer { get; protected set; }

    /// <summary>The bytes of an entry that is none.</summary>
    public long Length { get; protected set; }

    /// <summary>Where the list comes from.</summary>
    protected ByteWindow Window { get; private set; } = null!;

    /// <summary>How many bytes of the list are left.</summary>
    protected long Left => _stop - Window.Offset;

    /// <summary>Begins a list.</summary>
    /// <param name="window">Stands at the list.</param>
    /// <param name="length">The length of the string that holds it, bytes.</param>
    public void Open(ByteWindow window, long length)
    {
        Window = window;
        _stop = window.Offset + length;
        Count = 0;
        Begin(length);
    }

    /// <summary>Moves to the next entry; false at the end of the list, which is then checked.</summary>
    public abstract bool MoveNext();

    /// <summary>Gives the entry to a visitor, or passes over it where there is none.</summary>
    public void Emit(RdbVisitor? visitor, RdbPart part)
    {
        if (IsInteger)
        {
            RdbPrimitives.EmitInteger(visitor, part, Integer);
        }
        else
        {
            Window.Emit(visitor, part, Length);
        }

        EndEntry();
    }

    /// <summary>Moves to an entry that must be there.</summary>
    public void MustMoveNext()
    {
        if (!MoveNext())
        {
            throw Window.Corrupt("a packed list has too few entries");
        }
    }

    /// <summary>Moves to an entry that must be a number, and takes it.</summary>
    public long NextInteger()
    {
        MustMoveNext();
        if (!IsInteger)
        {
            throw Window.Corrupt("an entry of a packed list is a string and should be a number");
        }

        EndEntry();
        return Integer;
    }

    /// <summary>Takes the entry as a score.</summary>
    public double TakeScore()
    {
        double score = Integer;
        if (!IsInteger)
        {
            if (Length > LongestScore)
            {
                throw Window.Corrupt("a score is too long");
            }

            score = ParseScore(Window.Take((int)Length)) ?? throw Window.Corrupt("a score is no number");
        }

        EndEntry();
        return score;
    }

    /// <summary>Reads a score that is written as text; null for what is none.</summary>
    public static double? ParseScore(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out double score, out var used) && used == text.Length)
        {
            return score;
        }

        return text switch
        {
            [(byte)'i' or (byte)'I', (byte)'n', (byte)'f', ..] or [(byte)'+', (byte)'i', (byte)'n', (byte)'f', ..] => double.PositiveInfinity,
            [(byte)'-', (byte)'i' or (byte)'I', (byte)'n', (byte)'f', ..] => double.NegativeInfinity,
            _ => null,
        };
    }

    /// <summary>Reads the head of the list.</summary>
    protected abstract void Begin(long length);

    /// <summary>Reads what stands behind an entry.</summary>
    protected abstract void EndEntry();

    /// <summary>Fails unless so many bytes are left of the list, with the byte that ends it.</summary>
    protected void Require(long bytes)
    {
        if (bytes + 1 > Left)
        {
            throw Window.Corrupt("an entry of a packed list reaches beyond its end");
        }
    }
}
