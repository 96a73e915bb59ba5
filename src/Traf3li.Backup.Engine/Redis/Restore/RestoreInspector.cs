using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>Makes a <see cref="RestoreInspection" />. Values are decoded only where it matters what is in them.</summary>
internal sealed class RestoreInspector(RestoreAbilities target, RedisRestoreRequest request, TimeProvider time) : RdbVisitor
{
    private readonly KeyTally _restored = new();
    private readonly KeyTally _rebuilt = new();
    private readonly KeyTally _expired = new();
    private readonly KeyTally _skipped = new();
    private readonly KeyTally _expiring = new();
    private readonly SortedDictionary<int, long> _keys = [];
    private readonly SortedDictionary<string, KeyTally> _modules = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _moduleData = new(StringComparer.Ordinal);
    private readonly KeyTally _tooLong = new();
    private readonly SortedSet<RestoreCommand> _commands = [];
    private bool _hasFieldExpiry;
    private long _longestPart;
    private string? _module;
    private bool _isImporting;
    private int _functions;
    private long _bytes;

    /// <summary>Reads to the end.</summary>
    public RestoreInspection Inspect(RdbReader reader, CancellationToken cancellationToken)
    {
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            switch (record)
            {
                case RdbRecord.Function when request.WithFunctions:
                    _functions++;
                    break;
                case RdbRecord.ModuleAux:
                    _moduleData.Add(reader.ModuleName);
                    break;
                case RdbRecord.SlotImport:
                    _isImporting = true;
                    break;
                case RdbRecord.Key:
                    InspectKey(reader);
                    break;
            }
        }

        return new RestoreInspection
        {
            Header = reader.Header,
            Restored = _restored.ToCount(),
            Rebuilt = _rebuilt.ToCount(),
            Expired = _expired.ToCount(),
            Skipped = _skipped.ToCount(),
            Keys = _keys,
            Bytes = _bytes,
            Functions = _functions,
            Commands = _commands,
            Obstacles = [.. Obstacles()],
            Warnings = [.. Warnings()],
        };
    }

    /// <inheritdoc />
    public override void OnBytes(RdbPart part, ReadOnlySpan<byte> bytes, long remaining) => _longestPart = Math.Max(_longestPart, bytes.Length + remaining);

    /// <inheritdoc />
    public override void OnFieldExpiry(long milliseconds) => _hasFieldExpiry = true;

    /// <inheritdoc />
    public override void OnModule(string type, int encodingVersion) => _module = type;

    private void InspectKey(RdbReader reader)
    {
        if (request.Takes is { } takes && !takes(reader.Database, reader.Key))
        {
            _skipped.Add(reader.Database, reader.Key);
            return;
        }

        if (request.HasExpired(reader.ExpiresAt, time))
        {
            _expired.Add(reader.Database, reader.Key);
            return;
        }

        _restored.Add(reader.Database, reader.Key);
        _keys[reader.Database] = _keys.GetValueOrDefault(reader.Database) + 1;
        var isModule = reader.DataType == RdbDataType.Module;
        var rebuilt = target.FooterFor(reader.LeastVersion) is null;
        _hasFieldExpiry = false;
        _longestPart = 0;

        // From this number on the fields of hashes can expire, in both dialects.
        var mayExpire = reader.DataType == RdbDataType.Hash && reader.ValueType >= RdbType.ValkeyHash2;
        var decoded = isModule || mayExpire || request.LongestArgument < RedisRestoreRequest.UsualArgument;
        var facts = decoded ? reader.DecodeValue(this) : reader.SkipValue();
        _bytes += facts.Bytes;
        if (isModule)
        {
            AddModule(reader);
            if (facts.Bytes > request.LongestArgument)
            {
                _tooLong.Add(reader.Database, reader.Key);
            }
        }
        else if (rebuilt || facts.Bytes > (reader.DataType == RdbDataType.Stream && request.LongestPayload > 0 ? Math.Min(request.LongestStream, request.LongestArgument) : request.LongestPayload))
        {
            AddRebuilt(reader);
        }
    }

    private void AddRebuilt(RdbReader reader)
    {
        _rebuilt.Add(reader.Database, reader.Key);
        if (_longestPart > request.LongestArgument)
        {
            _tooLong.Add(reader.Database, reader.Key);
        }

        if (_hasFieldExpiry && !target.HasFieldExpiry)
        {
            _expiring.Add(reader.Database, reader.Key);
        }

        _commands.UnionWith(RestoreCommands.Rebuilding(reader.DataType, target));
        if (_hasFieldExpiry)
        {
            _commands.Add(RestoreCommand.HPExpireAt);
        }

        if (reader.ExpiresAt is not null)
        {
            _commands.Add(RestoreCommand.PExpireAt);
        }
    }

    private void AddModule(RdbReader reader)
    {
        if (!_modules.TryGetValue(_module!, out var tally))
        {
            _modules.Add(_module!, tally = new KeyTally());
        }

        tally.Add(reader.Database, reader.Key);
    }

    private IEnumerable<string> Obstacles()
    {
        if (_functions > 0 && !target.HasFunctions)
        {
            yield return $"The backup has {_functions} libraries of functions, and {target.Kind} {target.Version} knows none.";
        }

        if (_expiring.Count > 0)
        {
            yield return $"Hashes have fields that expire, which {target.Kind} {target.Version} cannot have: {_expiring.ToCount()}.";
        }

        if (_tooLong.Count > 0)
        {
            yield return FormattableString.Invariant(
                $"Values have parts that are longer than the {request.LongestArgument:#,0} bytes that the server takes in one piece (proto-max-bulk-len): {_tooLong.ToCount()}.");
        }

        foreach (var (type, keys) in _modules)
        {
            if (target.HasModule(type) == false)
            {
                yield return $"Keys have values of the module type {type}, which no module of the server provides: {keys.ToCount()}.";
            }
        }
    }

    private IEnumerable<string> Warnings()
    {
        foreach (var (type, keys) in _modules)
        {
            if (target.HasModule(type) is null)
            {
                yield return $"Keys have values of the module type {type}, and whether a module of the server provides it is not known: {keys.ToCount()}.";
            }
        }

        if (_moduleData.Count > 0)
        {
            yield return $"Data of modules that belongs to no key ({string.Join(", ", _moduleData)}) cannot be restored into a running server; only one that starts from the RDB reads it.";
        }

        if (_isImporting)
        {
            yield return "Slots were being moved into the server when the backup was taken, so keys of these slots may be missing.";
        }
    }
}
