using System.Formats.Tar;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class DumpFolderReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-dump-").FullName;

    [Theory]
    [InlineData("6.0.5-dir.tar", "6.0.5")]
    [InlineData("6.0.5-dir-gzip.tar", "6.0.5")]
    [InlineData("7.0.28-dir.tar", "7.0.28")]
    public async Task Folders_hold_what_the_server_held(string file, string version)
    {
        Unpack(file);
        await using var reader = await DumpFolderReader.OpenAsync(Path.Combine(_folder, "dump"), new BufferPool(), CancellationToken.None);
        var contents = await DumpContents.ReadAsync(reader);
        Assert.True(contents.CompareWith(Corpus.PathOf($"stock/expected-{version}.json"), member: null) > 40);
        Assert.Equal(version, reader.Prelude.Header.ServerVersion);
        Assert.All(contents.Namespaces.Values, item => Assert.True(item.Ended));
        Assert.Contains(reader.Prelude.Namespaces, item => item is { Database: "zoo", Collection: "ünïcödé 🦊" });
        Assert.Contains(reader.Prelude.Namespaces, item => item is { Database: "zwei_ü", Collection: "coll" });
        Assert.Contains(reader.Prelude.Namespaces, item => item is { Database: "zoo", Collection: "ts nometa", Type: "timeseries" });
        Assert.Equal(60, contents.Namespaces["zoo.system.buckets.ts nometa"].Count);
    }

    [Fact]
    public async Task A_folder_and_an_archive_name_the_same_collections()
    {
        Unpack("6.0.5-dir.tar");
        await using var archive = await CorpusTests.OpenAsync("stock/6.0.5-full.archive");
        await using var reader = await DumpFolderReader.OpenAsync(Path.Combine(_folder, "dump"), new BufferPool(), CancellationToken.None);
        var expected = archive.Prelude.Namespaces.Select(item => (item.ToString(), item.MetadataJson)).Order();
        Assert.Equal(expected, reader.Prelude.Namespaces.Select(item => (item.ToString(), item.MetadataJson)).Order());
    }

    [Fact]
    public async Task One_database_reads_by_itself_and_its_collection_oplog_is_no_oplog()
    {
        Unpack("6.0.5-dir.tar");
        await using var reader = await DumpFolderReader.OpenAsync(Path.Combine(_folder, "dump", "zoo"), new BufferPool(), CancellationToken.None);
        Assert.All(reader.Prelude.Namespaces, item => Assert.Equal("zoo", item.Database));
        Assert.Equal("6.0.5", reader.Prelude.Header.ServerVersion);
        var contents = await DumpContents.ReadAsync(reader);
        Assert.Equal(3, contents.Namespaces["zoo.oplog"].Count);
    }

    [Fact]
    public async Task A_cut_off_file_is_named()
    {
        Unpack("6.0.5-dir.tar");
        var file = Path.Combine(_folder, "dump", "zoo", "tiny.bson");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..^3]);
        await using var reader = await DumpFolderReader.OpenAsync(Path.Combine(_folder, "dump"), new BufferPool(), CancellationToken.None);
        var error = await Assert.ThrowsAsync<ArchiveCorruptException>(() => DumpContents.ReadAsync(reader));
        Assert.Equal(file, error.Archive);
    }

    [Fact]
    public async Task An_empty_folder_is_no_dump() =>
        await Assert.ThrowsAsync<ForeignFileException>(() => DumpFolderReader.OpenAsync(_folder, new BufferPool(), CancellationToken.None));

    [Theory]
    [InlineData("with space", "with+space")]
    [InlineData("sl/ash\\back", "sl%2Fash%5Cback")]
    [InlineData("per%cent%2F", "per%25cent%252F")]
    [InlineData("q'u\"o`te", "q%27u%22o%60te")]
    [InlineData("col:on*?<>|", "col%3Aon%2A%3F%3C%3E%7C")]
    [InlineData("plus+&=", "plus%2B%26%3D")]
    [InlineData("$admin.system.users", "$admin.system.users")]
    public void File_names_are_those_of_mongodump(string collection, string name)
    {
        Assert.Equal(name, DumpFileName.Escape(collection));
        Assert.Equal(collection, DumpFileName.Unescape(name));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Unpack(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        TarFile.ExtractToDirectory(Corpus.PathOf("stock/" + file), _folder, overwriteFiles: false);
    }
}
