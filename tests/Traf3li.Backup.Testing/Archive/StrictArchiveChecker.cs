using System.Buffers.Binary;
using System.Text;

namespace Traf3li.Backup.Testing.Archive;

/// <summary>
/// Reads an archive as strictly as its format can be read, and shares nothing with the engine: what passes here, mongorestore takes. It wants
/// what mongodump writes to the letter, down to the order of the members of its own documents.
/// </summary>
public sealed class StrictArchiveChecker
{
    private const int LargestDocument = 16 * 1024 * 1024;
    private readonly byte[] _head = new byte[4];
    private readonly Stream _stream;
    private long _position;

    private StrictArchiveChecker(Stream stream) => _stream = stream;

    /// <summary>The namespaces in the order of the prelude.</summary>
    public IReadOnlyList<CheckedNamespace> Namespaces { get; private set; } = [];

    /// <summary>The server's version of the header.</summary>
    public string ServerVersion { get; private set; } = "";

    /// <summary>Checks a plain archive.</summary>
    /// <exception cref="InvalidDataException">It is not what mongodump would write.</exception>
    public static StrictArchiveChecker Check(Stream archive)
    {
        var checker = new StrictArchiveChecker(archive);
        checker.Run();
        return checker;
    }

    /// <summary>Checks a plain archive in memory.</summary>
    /// <exception cref="InvalidDataException">It is not what mongodump would write.</exception>
    public static StrictArchiveChecker Check(byte[] archive)
    {
        using var memory = new MemoryStream(archive, writable: false);
        return Check(memory);
    }

    private void Run()
    {
        Require(ReadHead() && BitConverter.ToUInt32(_head) == 0x8199e26du, "magic");
        ReadHeader(ReadDocument("header"));
        var namespaces = new List<CheckedNamespace>();
        Namespaces = namespaces;
        while (NextDocument("prelude") is { } entry)
        {
            var fields = new Fields(entry);
            var item = new CheckedNamespace(fields.Text("db"), fields.Text("collection"), fields.Text("metadata"), fields.Int32("size"), fields.Text("type"));
            fields.End();
            Require(item.Size == 0, $"size of {item.Name} is {item.Size}");
            Require(item.Type is "" or "collection" or "view" or "timeseries", $"type of {item.Name} is {item.Type}");
            Require(!namespaces.Exists(other => string.Equals(other.Name, item.Name, StringComparison.Ordinal)), $"{item.Name} twice in the prelude");
            namespaces.Add(item);
        }

        while (ReadHead())
        {
            ReadSegment(ReadDocumentBehindHead("segment header"));
        }

        foreach (var item in namespaces)
        {
            Require(item.Ended, $"{item.Name} has no end");
        }
    }

    private void ReadHeader(byte[] document)
    {
        var fields = new Fields(document);
        Require(fields.Int32("concurrent_collections") > 0, "concurrent_collections");
        Require(string.Equals(fields.Text("version"), "0.1", StringComparison.Ordinal), "version");
        ServerVersion = fields.Text("server_version");
        _ = fields.Text("tool_version");
        fields.End();
    }

    private void ReadSegment(byte[] header)
    {
        var fields = new Fields(header);
        var name = fields.Text("db") + "." + fields.Text("collection");
        var eof = fields.Boolean("EOF");
        var crc = unchecked((ulong)fields.Int64("CRC"));
        fields.End();
        var item = Namespaces.FirstOrDefault(candidate => candidate.Answers(name)) ?? throw new InvalidDataException($"{name} is not in the prelude, at {_position}");
        Require(!item.Ended, $"{name} goes on after its end");
        Require(string.Equals(name, ".oplog", StringComparison.Ordinal) || Namespaces.All(other => !other.IsOplog || (other.Count == 0 && !other.Ended)), $"{name} follows the oplog");
        if (eof)
        {
            Require(crc == item.Crc, $"CRC of {name} is {item.Crc:x16}, not {crc:x16}");
            Require(NextDocument("end") is null, $"document after the end of {name}");
            item.Ended = true;
            return;
        }

        Require(crc == 0, $"segment of {name} has a CRC");
        while (NextDocument($"document of {name}") is { } document)
        {
            Require(item.Type is not "view", $"view {name} has documents");
            item.Add(document);
        }
    }

    private byte[] ReadDocument(string what) => NextDocument(what) ?? throw new InvalidDataException($"{what} missing at {_position}");

    private byte[]? NextDocument(string what)
    {
        Require(ReadHead(), $"{what} missing");
        return BitConverter.ToUInt32(_head) == 0xffffffffu ? null : ReadDocumentBehindHead(what);
    }

    private byte[] ReadDocumentBehindHead(string what)
    {
        var length = BitConverter.ToInt32(_head);
        Require(length is >= 5 and <= LargestDocument, $"{what} of {length} bytes");
        var document = new byte[length];
        _head.CopyTo(document, 0);
        Require(_stream.ReadAtLeast(document.AsSpan(4), length - 4, throwOnEndOfStream: false) == length - 4, $"{what} cut off");
        Require(document[^1] == 0, $"{what} without its 00");
        _position += length - 4;
        return document;
    }

    private bool ReadHead()
    {
        var read = _stream.ReadAtLeast(_head, 4, throwOnEndOfStream: false);
        Require(read is 0 or 4, "cut off");
        _position += read;
        return read == 4;
    }

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidDataException($"{what}, at {_position}");
        }
    }

    private sealed class Fields(byte[] document)
    {
        private int _at = 4;

        public string Text(string name)
        {
            Name(2, name);
            var length = BinaryPrimitives.ReadInt32LittleEndian(document.AsSpan(_at));
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document, _at + 4, length - 1);
            if (document[_at + 3 + length] != 0)
            {
                throw new InvalidDataException($"{name} is not closed");
            }

            _at += 4 + length;
            return text;
        }

        public int Int32(string name)
        {
            Name(16, name);
            _at += 4;
            return BitConverter.ToInt32(document, _at - 4);
        }

        public long Int64(string name)
        {
            Name(18, name);
            _at += 8;
            return BitConverter.ToInt64(document, _at - 8);
        }

        public bool Boolean(string name)
        {
            Name(8, name);
            return document[_at++] switch
            {
                0 => false,
                1 => true,
                var other => throw new InvalidDataException($"{name} is {other}"),
            };
        }

        public void End()
        {
            if (_at != document.Length - 1)
            {
                throw new InvalidDataException("more members than there should be");
            }
        }

        private void Name(byte type, string name)
        {
            var wanted = Encoding.UTF8.GetBytes(name);
            if (document[_at] != type || !document.AsSpan(_at + 1, wanted.Length).SequenceEqual(wanted) || document[_at + 1 + wanted.Length] != 0)
            {
                throw new InvalidDataException($"{name} is not where it should be");
            }

            _at += wanted.Length + 2;
        }
    }
}
