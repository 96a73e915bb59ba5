using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>Keeps documents that the target refused: as raw BSON, one file a collection, in a folder that only this user can read.</summary>
internal sealed class RefusedDocuments(string restoreId) : IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly Dictionary<string, FileStream> _files = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The folder; it exists once there is one document.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"traf3li-refused-{restoreId}");

    /// <summary>The first one, in words.</summary>
    public string Sample { get; private set; } = "";

    /// <summary>Puts one aside.</summary>
    public async Task AddAsync(string database, string collection, ReadOnlyMemory<byte> document, string reason, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var name = $"{database}.{collection}";
            if (!_files.TryGetValue(name, out var file))
            {
                file = Create(Path.Combine(Folder, Uri.EscapeDataString(name) + ".bson"));
                _files.Add(name, file);
            }

            await file.WriteAsync(document, cancellationToken).ConfigureAwait(false);
            if (Count++ == 0)
            {
                Sample = $"{name}, _id {DescribeId(document.Span)}: {reason}";
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files.Values)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        _lock.Dispose();
    }

    private FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static string DescribeId(ReadOnlySpan<byte> document)
    {
        if (!RawBson.TryFind(document, "_id"u8, out var id))
        {
            return "(none)";
        }

        // A document of one element: its length, type, name, value and end.
        var bytes = new byte[sizeof(int) + 1 + 4 + id.Value.Length + 1];
        BitConverter.TryWriteBytes(bytes, bytes.Length);
        bytes[4] = (byte)id.Type;
        "_id\0"u8.CopyTo(bytes.AsSpan(5));
        id.Value.CopyTo(bytes.AsSpan(9));
        return BsonReading.ToDocument(bytes)["_id"].ToString() ?? "";
    }
}
