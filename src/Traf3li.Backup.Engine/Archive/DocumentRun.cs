using System.Buffers.Binary;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>Measures whole documents that stand one behind the other.</summary>
internal static class DocumentRun
{
    /// <summary>
    /// How many bytes of whole documents <paramref name="bytes" /> begins with, up to <see cref="ArchiveWindow.BatchSize" /> unless the first alone is
    /// larger.
    /// </summary>
    public static int Measure(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        var size = 0;
        while (bytes.Length - size >= ArchiveFormat.MarkSize)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[size..]);
            if (length is < RawBson.MinSize or > ArchiveFormat.MaxReadSize
                || length > bytes.Length - size
                || bytes[size + length - 1] != 0
                || (count > 0 && size + length > ArchiveWindow.BatchSize))
            {
                break;
            }

            size += length;
            count++;
        }

        return size;
    }
}
