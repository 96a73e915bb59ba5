using System.Text;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// A pattern of keys as KEYS and SCAN MATCH take it, on bytes (util.c of Redis, stringmatchlen): <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[^a]</c>,
/// <c>[a-z]</c>, and <c>\x</c> for x itself. What looks unfinished means what it means to the server: a class without its bracket ends with
/// the pattern, and a backslash at the end is one.
/// <para>
/// No pattern takes longer than its length times the key's: a mismatch goes back to the last star only, since what an earlier one
/// could take, the last one can take too.
/// </para>
/// </summary>
internal sealed class KeyPattern
{
    private readonly List<Step> _steps = [];
    private readonly bool _takesAll;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern; its UTF-8 bytes count.</param>
    public KeyPattern(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Reads a pattern.</summary>
    public KeyPattern(ReadOnlySpan<byte> pattern)
    {
        // The server does not ask the pattern in this case, and only so the empty key matches a star.
        _takesAll = pattern.SequenceEqual("*"u8);
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case (byte)'*':
                    if (_steps.Count == 0 || _steps[^1].Kind != StepKind.Star)
                    {
                        _steps.Add(new Step(StepKind.Star, 0, null));
                    }

                    break;
                case (byte)'?':
                    _steps.Add(new Step(StepKind.Any, 0, null));
                    break;
                case (byte)'[':
                    index = ReadClass(pattern, index + 1);
                    break;
                case (byte)'\\' when index + 1 < pattern.Length:
                    _steps.Add(new Step(StepKind.One, pattern[++index], null));
                    break;
                default:
                    _steps.Add(new Step(StepKind.One, pattern[index], null));
                    break;
            }
        }
    }

    private enum StepKind
    {
        One,
        Any,
        Class,
        Star,
    }

    /// <summary>Whether a key matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            return _takesAll || _steps.Count == 0;
        }

        var (at, step, star, resume) = (0, 0, -1, 0);
        while (at < key.Length)
        {
            if (step < _steps.Count && _steps[step].Kind == StepKind.Star)
            {
                star = step++;
                resume = at;
            }
            else if (step < _steps.Count && _steps[step].Takes(key[at]))
            {
                step++;
                at++;
            }
            else if (star >= 0)
            {
                step = star + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        return step == _steps.Count || (step == _steps.Count - 1 && _steps[step].Kind == StepKind.Star);
    }

    /// <summary>Reads a class and returns the place of its bracket, or the end.</summary>
    private int ReadClass(ReadOnlySpan<byte> pattern, int index)
    {
        var isNegated = index < pattern.Length && pattern[index] == (byte)'^';
        var takes = new bool[256];
        for (index += isNegated ? 1 : 0; index < pattern.Length && pattern[index] != (byte)']'; index++)
        {
            if (pattern[index] == (byte)'\\' && index + 1 < pattern.Length)
            {
                takes[pattern[++index]] = true;
            }
            else if (index + 2 < pattern.Length && pattern[index + 1] == (byte)'-')
            {
                var (first, last) = (Math.Min(pattern[index], pattern[index + 2]), Math.Max(pattern[index], pattern[index + 2]));
                takes.AsSpan(first, last - first + 1).Fill(true);
                index += 2;
            }
            else
            {
                takes[pattern[index]] = true;
            }
        }

        _steps.Add(new Step(StepKind.Class, 0, isNegated ? Array.ConvertAll(takes, one => !one) : takes));
        return index;
    }

    private readonly record struct Step(StepKind Kind, byte Value, bool[]? Class)
    {
        public bool Takes(byte value) => Kind switch
        {
            StepKind.One => value == Value,
            StepKind.Class => Class![value],
            _ => true,
        };
    }
}
