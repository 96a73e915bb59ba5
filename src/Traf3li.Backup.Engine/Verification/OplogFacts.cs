using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Mongo.Oplog;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>What is known of a run of captured oplog entries: their positions, and which namespaces they may change.</summary>
internal sealed class OplogFacts
{
    // A server before 7.0 lets applyOps nest ten deep; what nests deeper is taken to change everything.
    private const int MaxNesting = 10;

    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _databases = new(StringComparer.Ordinal);
    private bool _changesAnything;

    /// <summary>The first entry; null when there is none.</summary>
    public OplogPosition? First { get; private set; }

    /// <summary>The last entry; null when there is none.</summary>
    public OplogPosition? Last { get; private set; }

    /// <summary>Takes the next entry and says what is wrong with it; null when nothing is.</summary>
    public string? Add(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var entry = OplogEntry.Read(bytes);
            if (entry.Position == default)
            {
                return "an oplog entry has no ts.";
            }

            var wrong = Last is { } last && entry.Position <= last ? $"the oplog goes from {last} to {entry.Position}, which is not later." : null;
            First ??= entry.Position;
            Last = entry.Position;
            Note(entry, depth: 0);
            return wrong;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Takes what follows, and says what is wrong where the two meet; null when nothing is.</summary>
    public string? Append(OplogFacts next)
    {
        var wrong = Last is { } last && next.First is { } following && following <= last
            ? $"the oplog goes from {last} to {following}, which is not later."
            : null;
        First ??= next.First;
        Last = next.Last ?? Last;
        _namespaces.UnionWith(next._namespaces);
        _databases.UnionWith(next._databases);
        _changesAnything |= next._changesAnything;
        return wrong;
    }

    /// <summary>Whether an entry may change documents of this collection.</summary>
    public bool MayChange(string database, string collection) =>
        MayChangeCatalog(database)
        || _namespaces.Contains($"{database}.{collection}")
        || _namespaces.Contains($"{database}.{ArchiveFormat.BucketPrefix}{collection}");

    /// <summary>Whether an entry may create, drop, rename or alter something in this database.</summary>
    public bool MayChangeCatalog(string database) => _changesAnything || _databases.Contains(database);

    private void Note(in OplogEntry entry, int depth)
    {
        switch (entry.Operation)
        {
            case 'i' or 'u' or 'd':
                _namespaces.Add(entry.Namespace);
                break;
            case 'c' when entry.CommandName == "applyOps":
                NoteNested(entry.Change, depth);
                break;
            case 'c' when entry.CommandName is "commitTransaction" or "abortTransaction":
                break;
            case 'c':
                _databases.Add(entry.Database);
                if (RawBson.TryFind(entry.Change, "to"u8, out var target) && target.AsString() is { } name)
                {
                    _databases.Add(name[..Math.Max(0, name.IndexOf('.', StringComparison.Ordinal))]);
                }

                break;
            default:
                break;
        }
    }

    private void NoteNested(ReadOnlySpan<byte> command, int depth)
    {
        if (depth == MaxNesting || !RawBson.TryFind(command, "applyOps"u8, out var found) || found.Type != BsonType.Array)
        {
            _changesAnything = true;
            return;
        }

        var operations = new RawBsonReader(found.Value);
        while (operations.Read())
        {
            if (operations.Type == BsonType.Document)
            {
                Note(OplogEntry.Read(operations.Value), depth + 1);
            }
        }
    }
}
