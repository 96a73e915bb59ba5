using System.IO.Hashing;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What an RDB holds, read once from beginning to end; its memory does not grow with the number of keys.</summary>
internal sealed class RdbSummary
{
    private const int MostBiggestKeys = 10;
    private const int MostNames = 1000;
    private const int MostFunctions = 1 << 16;

    // Those that servers write have a few dozen; only scripts (lua, before Redis 7) are long, and nobody asks for them here.
    private const int LongestText = 1024;

    // Some 20 MB. A server has 16 unless it was told otherwise.
    private const int MostDatabases = 1 << 16;

    private readonly SortedDictionary<int, RdbDatabaseSummary> _databases = [];
    private readonly PriorityQueue<RdbKeyFacts, long> _biggest = new();
    private readonly Dictionary<string, string> _aux = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<UInt128> _functions = [];

    private RdbSummary(RdbHeader header) => Header = header;

    /// <summary>The dialect and the version.</summary>
    public RdbHeader Header { get; }

    /// <summary>Its length, bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the checksum said.</summary>
    public RdbChecksum Checksum { get; private set; }

    /// <summary>The databases that have keys, by number.</summary>
    public IReadOnlyDictionary<int, RdbDatabaseSummary> Databases => _databases;

    /// <summary>The ten keys whose values take most bytes, the biggest first.</summary>
    public IReadOnlyList<RdbKeyFacts> BiggestKeys => [.. _biggest.UnorderedItems.Select(item => item.Element).OrderByDescending(key => key.Bytes)];

    /// <summary>Short texts about the RDB, such as <c>redis-ver</c>, <c>ctime</c> (seconds since 1970) and <c>repl-id</c>.</summary>
    public IReadOnlyDictionary<string, string> Aux => _aux;

    /// <summary>The hashes of the code of its libraries of functions: the code itself would be kept as long as the summary.</summary>
    public IReadOnlySet<UInt128> Functions => _functions;

    /// <summary>The modules that have values or data in it, by the names of their types.</summary>
    public IReadOnlyCollection<string> Modules => _modules;

    /// <summary>Whether a migration of slots into the server was under way.</summary>
    public bool ImportingSlots { get; private set; }

    /// <summary>Whether database 0 has the key that was looked for.</summary>
    public bool HasSoughtKey { get; private set; }

    /// <summary>Keys of all databases.</summary>
    public long Keys => _databases.Values.Sum(database => database.Keys);

    /// <summary>Reads what is left of an RDB.</summary>
    /// <param name="reader">Just opened.</param>
    /// <param name="withDigest">Whether to decode every value for <see cref="RdbDatabaseSummary.Digest" />.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="soughtKey">A key to look for in database 0; none when empty.</param>
    /// <exception cref="RdbCorruptException">The RDB is damaged.</exception>
    /// <exception cref="RdbUnsupportedException">It holds what no released server reads, or keys in more databases than are counted.</exception>
    public static RdbSummary Read(RdbReader reader, bool withDigest, CancellationToken cancellationToken, ReadOnlyMemory<byte> soughtKey = default)
    {
        var summary = new RdbSummary(reader.Header);
        var visitor = new SummaryVisitor(withDigest, summary._modules);
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            summary.HasSoughtKey |= record == RdbRecord.Key && reader.Database == 0 && !soughtKey.IsEmpty && reader.Key.SequenceEqual(soughtKey.Span);
            summary.Add(reader, record, visitor);
        }

        summary.Bytes = reader.Offset;
        summary.Checksum = reader.Checksum;
        return summary;
    }

    private void Add(RdbReader reader, RdbRecord record, SummaryVisitor visitor)
    {
        switch (record)
        {
            case RdbRecord.Aux when _aux.Count < MostNames && reader.Aux.Key.Length + reader.Aux.Value.Length <= LongestText:
                _aux[reader.Aux.Key] = reader.Aux.Value;
                break;
            case RdbRecord.Function:
                _functions.Add(_functions.Count < MostFunctions
                    ? XxHash128.HashToUInt128(reader.Function.Span)
                    : throw reader.Unsupported($"more than {MostFunctions} libraries of functions are in it"));
                break;
            case RdbRecord.ModuleAux when _modules.Count < MostNames:
                _modules.Add(reader.ModuleName);
                break;
            case RdbRecord.SlotImport:
                ImportingSlots = true;
                break;
            case RdbRecord.Key:
                AddKey(reader, visitor);
                break;
        }
    }

    private void AddKey(RdbReader reader, SummaryVisitor visitor)
    {
        if (!_databases.TryGetValue(reader.Database, out var database))
        {
            database = _databases.Count < MostDatabases
                ? new RdbDatabaseSummary { Database = reader.Database }
                : throw reader.Unsupported($"more than {MostDatabases} databases have keys");
            _databases.Add(reader.Database, database);
        }

        var facts = visitor.Take(reader, out var hash);
        database.Add(reader.DataType, facts, reader.ExpiresAt is not null);
        if (hash is { } known)
        {
            database.Add(known);
        }

        if (_biggest.Count < MostBiggestKeys || facts.Bytes > _biggest.Peek().Bytes)
        {
            var key = new RdbKeyFacts(reader.Database, RdbPlace.Show(reader.Key), reader.DataType, facts.Elements, facts.Bytes);
            if (_biggest.Count < MostBiggestKeys)
            {
                _biggest.Enqueue(key, key.Bytes);
            }
            else
            {
                _biggest.EnqueueDequeue(key, key.Bytes);
            }
        }
    }

    /// <summary>Takes values for a summary: decoded for a digest or the name of a module, else passed over.</summary>
    private sealed class SummaryVisitor(bool withDigest, SortedSet<string> modules) : RdbVisitor
    {
        private readonly DigestVisitor _digest = new();

        public RdbValueFacts Take(RdbReader reader, out UInt128? hash)
        {
            hash = null;
            if (!withDigest && reader.DataType != RdbDataType.Module)
            {
                return reader.SkipValue();
            }

            _digest.Begin();
            var facts = reader.DecodeValue(reader.DataType == RdbDataType.Module ? this : _digest);
            if (withDigest)
            {
                hash = _digest.End(reader.Key, reader.DataType, reader.ExpiresAt);
            }

            return facts;
        }

        public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining) => _digest.OnBytes(part, bytes, remaining);

        public override void OnModule(string type, int encodingVersion)
        {
            if (modules.Count < MostNames)
            {
                modules.Add(type);
            }

            _digest.OnModule(type, encodingVersion);
        }
    }
}
