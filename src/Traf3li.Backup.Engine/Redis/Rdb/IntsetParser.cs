using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>Sets of numbers: intsets (intset.c of Redis).</summary>
internal static class IntsetParser
{
    private const int HeadLength = 8;

    /// <summary>
    /// Reads an intset: the size of a number (2, 4 or 8) and how many there are, four bytes each, then the numbers, rising.
    /// </summary>
    public static long Parse(ByteWindow window, long length, RdbVisitor? visitor)
    {
        if (length < HeadLength)
        {
            throw window.Corrupt($"a string of {length} bytes is too short for an intset");
        }

        var head = window.Take(HeadLength);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(head);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(uint)..]);
        if (size is not (2 or 4 or 8) || HeadLength + (count * size) != length)
        {
            throw window.Corrupt($"an intset of {length} bytes says that it has {count} numbers of {size} bytes");
        }

        long? previous = null;
        for (var index = 0L; index < count; index++)
        {
            var number = size switch
            {
                2 => BinaryPrimitives.ReadInt16LittleEndian(window.Take(sizeof(short))),
                4 => BinaryPrimitives.ReadInt32LittleEndian(window.Take(sizeof(int))),
                _ => BinaryPrimitives.ReadInt64LittleEndian(window.Take(sizeof(long))),
            };
            if (number <= previous)
            {
                throw window.Corrupt("the numbers of an intset do not rise");
            }

            previous = number;
            RdbPrimitives.EmitInteger(visitor, RdbPart.SetMember, number);
        }

        return count;
    }
}
