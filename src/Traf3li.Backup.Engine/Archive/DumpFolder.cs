using System.Text;
using Traf3li.Backup.Engine.Compression;
using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>
/// Finds what a dump folder holds: <c>DB/NAME.bson[.gz]</c>, <c>DB/NAME.metadata.json[.gz]</c>, <c>oplog.bson[.gz]</c> and
/// <c>prelude.json[.gz]</c>. A folder that itself holds collections is that of one database.
/// </summary>
internal sealed class DumpFolder
{
    private const int MaxTextSize = 32 << 20;
    private const string Data = ".bson";
    private const string Metadata = ".metadata.json";
    private readonly BufferPool _pool;
    private readonly List<ArchiveNamespace> _namespaces = [];
    private readonly List<DumpFile> _files = [];

    private DumpFolder(BufferPool pool) => _pool = pool;

    /// <summary>The header, from prelude.json where there is one, and the namespaces.</summary>
    public ArchivePrelude Prelude { get; private set; } = new(new ArchiveHeader(1, "", ""), []);

    /// <summary>The files of documents, the oplog's last.</summary>
    public IReadOnlyList<DumpFile> Files => _files;

    /// <summary>Looks through a folder.</summary>
    /// <exception cref="ForeignFileException">It is no dump.</exception>
    /// <exception cref="ArchiveCorruptException">A metadata file is damaged.</exception>
    public static async Task<DumpFolder> OpenAsync(string path, BufferPool pool, CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(path);
        if (!root.Exists)
        {
            throw new ForeignFileException(path, "there is no such folder.");
        }

        var folder = new DumpFolder(pool);
        var isDatabase = root.EnumerateFiles().Any(file => IsCollection(file.Name));
        var databases = isDatabase ? [root] : root.GetDirectories().OrderBy(database => database.Name, StringComparer.Ordinal).ToArray();
        foreach (var database in databases)
        {
            await folder.AddDatabaseAsync(database, cancellationToken).ConfigureAwait(false);
        }

        if (!isDatabase && FindFile(root, ArchiveFormat.OplogCollection + Data) is { } oplog)
        {
            folder._namespaces.Add(new ArchiveNamespace(ArchiveFormat.OplogDatabase, ArchiveFormat.OplogCollection, "", "", 0));
            folder._files.Add(new DumpFile(ArchiveFormat.OplogDatabase, ArchiveFormat.OplogCollection, oplog.FullName));
        }

        if (folder._namespaces.Count == 0)
        {
            throw new ForeignFileException(path, "it holds no dumped collection.");
        }

        var prelude = FindFile(root, "prelude.json") ?? (isDatabase && root.Parent is { } parent ? FindFile(parent, "prelude.json") : null);
        folder.Prelude = new ArchivePrelude(await folder.ReadHeaderAsync(prelude, cancellationToken).ConfigureAwait(false), folder._namespaces);
        return folder;
    }

    private static bool IsCollection(string file)
    {
        var name = WithoutGzip(file);
        return name.EndsWith(Metadata, StringComparison.Ordinal)
            || (name.EndsWith(Data, StringComparison.Ordinal) && !string.Equals(name, ArchiveFormat.OplogCollection + Data, StringComparison.Ordinal));
    }

    private static FileInfo? FindFile(DirectoryInfo folder, string name) =>
        new[] { name, name + ".gz" }.Select(candidate => new FileInfo(Path.Combine(folder.FullName, candidate))).FirstOrDefault(file => file.Exists);

    private static string WithoutGzip(string file) => file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;

    private async Task AddDatabaseAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var database = folder.Name;
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        var data = new SortedDictionary<string, FileInfo>(StringComparer.Ordinal);
        foreach (var file in folder.EnumerateFiles().Where(file => !file.Name.StartsWith('.')).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var name = WithoutGzip(file.Name);
            if (name.EndsWith(Metadata, StringComparison.Ordinal))
            {
                var item = await ReadNamespaceAsync(database, name[..^Metadata.Length], file, cancellationToken).ConfigureAwait(false);
                _namespaces.Add(item);
                named[name[..^Metadata.Length]] = item.Collection;
                if (string.Equals(item.Type, ArchiveFormat.TimeSeriesType, StringComparison.Ordinal))
                {
                    var buckets = ArchiveFormat.BucketPrefix + item.Collection;
                    named[DumpFileName.Escape(buckets)] = buckets;
                }
            }
            else if (name.EndsWith(Data, StringComparison.Ordinal) && !data.TryAdd(name[..^Data.Length], file))
            {
                throw new ForeignFileException(folder.FullName, $"it holds {name} both plain and compressed.");
            }
        }

        foreach (var (name, file) in data)
        {
            if (!named.TryGetValue(name, out var collection))
            {
                collection = DumpFileName.Unescape(name);
                _namespaces.Add(new ArchiveNamespace(database, collection, "", "", 0));
            }

            _files.Add(new DumpFile(database, collection, file.FullName));
        }
    }

    private async Task<ArchiveNamespace> ReadNamespaceAsync(string database, string name, FileInfo file, CancellationToken cancellationToken)
    {
        var json = await ReadTextAsync(file, cancellationToken).ConfigureAwait(false);
        return ArchiveMetadata.TryParse(json, out var metadata, out var reason)
            ? new ArchiveNamespace(database, metadata.CollectionName ?? DumpFileName.Unescape(name), json, metadata.Type ?? "", 0)
            : throw new ArchiveCorruptException(file.FullName, 0, $"it cannot be read: {reason}");
    }

    private async Task<ArchiveHeader> ReadHeaderAsync(FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return new ArchiveHeader(1, "", "");
        }

        var json = await ReadTextAsync(file, cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(json);
            return new ArchiveHeader(1, Member("ServerVersion"), Member("ToolVersion"));

            string Member(string name) =>
                document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString()! : "";
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new ArchiveCorruptException(file.FullName, 0, $"it cannot be read: {error.Message}", error);
        }
    }

    private async Task<string> ReadTextAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var stream = await DecompressingStream.OpenAsync(file.OpenRead(), file.FullName, _pool, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var bytes = new MemoryStream();
            var piece = new byte[64 << 10];
            int read;
            while ((read = await stream.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
            {
                bytes.Write(piece, 0, read);
                if (bytes.Length > MaxTextSize)
                {
                    throw new ArchiveCorruptException(file.FullName, bytes.Length, $"it is longer than {MaxTextSize} bytes.");
                }
            }

            return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
    }
}
