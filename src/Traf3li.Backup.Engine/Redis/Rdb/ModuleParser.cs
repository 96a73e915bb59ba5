using System.Text;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// What modules store: a list of items, each behind a number that says what it is, up to the number 0 (rdb.h of Redis,
/// RDB_MODULE_OPCODE_*). What the items mean only the module knows.
/// </summary>
internal sealed class ModuleParser(StreamWindow window, RdbPrimitives primitives)
{
    private const int NameCharacters = 9;
    private const int CharacterBits = 6;
    private const int VersionBits = 10;
    private const string NameAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private const ulong Signed = 1;
    private const ulong Unsigned = 2;
    private const ulong Float = 3;
    private const ulong Double = 4;
    private const ulong String = 5;

    /// <summary>The name in an id: nine characters of six bits each, then ten bits with a version.</summary>
    public static string NameOf(ulong id)
    {
        var name = new StringBuilder(NameCharacters);
        for (var shift = VersionBits + ((NameCharacters - 1) * CharacterBits); shift >= VersionBits; shift -= CharacterBits)
        {
            name.Append(NameAlphabet[(int)(id >> shift) & 0x3F]);
        }

        return name.ToString();
    }

    /// <summary>The version in an id.</summary>
    public static int VersionOf(ulong id) => (int)id & ((1 << VersionBits) - 1);

    /// <summary>Reads a value of the type 7.</summary>
    public long ParseValue(RdbVisitor? visitor)
    {
        var id = primitives.ReadNumber();
        if (visitor is null)
        {
            return SkipItems();
        }

        visitor.OnModule(NameOf(id), VersionOf(id));
        using var copy = new VisitorStream(visitor);
        window.BeginCopy(copy);
        var items = SkipItems();
        window.EndCopy();
        return items;
    }

    /// <summary>Reads data of a module that belongs to no key, behind its opcode; its name is returned.</summary>
    public string ParseAux()
    {
        var id = primitives.ReadNumber();
        if (primitives.ReadNumber() != Unsigned)
        {
            throw window.Corrupt("the data of a module does not begin with the time that it belongs to");
        }

        primitives.ReadNumber();
        SkipItems();
        return NameOf(id);
    }

    /// <summary>Passes over items up to their end.</summary>
    public long SkipItems()
    {
        for (var items = 0L; ; items++)
        {
            switch (primitives.ReadNumber())
            {
                case 0:
                    return items;
                case Signed or Unsigned:
                    primitives.ReadNumber();
                    break;
                case Float:
                    window.Skip(sizeof(float));
                    break;
                case Double:
                    window.Skip(sizeof(double));
                    break;
                case String:
                    primitives.EmitString(null, RdbPart.Module);
                    break;
                case var unknown:
                    throw window.Corrupt($"a module's data has no items of the kind {unknown}");
            }
        }
    }

    /// <summary>Gives bytes that are written to it to a visitor.</summary>
    private sealed class VisitorStream(RdbVisitor visitor) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> bytes) => visitor.OnBytes(RdbPart.Module, bytes, 0);

        public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
