using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class CorpusTests
{
    public static TheoryData<string> Archives =>
    [
        "dump-w-oplog.archive", "test.bar.archive", "timeseries.archive",
        "stock/6.0.5-coll.archive", "stock/6.0.5-db-users.archive", "stock/6.0.5-full.archive", "stock/6.0.5-full.archive.gz",
        "stock/6.0.5-interleaved.archive.gz", "stock/6.0.5-maxdoc.archive.gz", "stock/6.0.5-multiblock.archive.gz", "stock/6.0.5-oplog.archive.gz",
        "stock/7.0.28-coll.archive", "stock/7.0.28-full.archive", "stock/7.0.28-full.archive.gz", "stock/7.0.28-maxdoc.archive.gz",
        "stock/7.0.28-multiblock.archive.gz", "stock/7.0.28-oplog.archive.gz",
    ];

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task Reads_to_the_end(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        await using var reader = await OpenAsync(file);
        var contents = await DumpContents.ReadAsync(reader);
        Assert.NotEmpty(contents.Namespaces);
        Assert.All(contents.Namespaces.Values, item => Assert.True(item.Ended));
    }

    [Theory]
    [InlineData("stock/6.0.5-full.archive", "6.0.5")]
    [InlineData("stock/6.0.5-full.archive.gz", "6.0.5")]
    [InlineData("stock/7.0.28-full.archive", "7.0.28")]
    [InlineData("stock/7.0.28-full.archive.gz", "7.0.28")]
    public async Task Full_archives_hold_what_the_server_held(string file, string version)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        await using var reader = await OpenAsync(file);
        var contents = await DumpContents.ReadAsync(reader);
        Assert.True(contents.CompareWith(Corpus.PathOf($"stock/expected-{version}.json"), member: null) > 40);
    }

    [Theory]
    [InlineData("6.0.5", "interleaved.archive.gz")]
    [InlineData("6.0.5", "multiblock.archive.gz")]
    [InlineData("6.0.5", "maxdoc.archive.gz")]
    [InlineData("7.0.28", "multiblock.archive.gz")]
    [InlineData("7.0.28", "maxdoc.archive.gz")]
    public async Task Further_archives_hold_what_the_server_held(string version, string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        await using var reader = await OpenAsync($"stock/{version}-{file}");
        var contents = await DumpContents.ReadAsync(reader);
        Assert.True(contents.CompareWith(Corpus.PathOf($"stock/expected-extra-{version}.json"), file) > 1);
    }

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task Writing_the_prelude_again_gives_the_same_bytes(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        Assert.SkipUnless(file.StartsWith("stock/", StringComparison.Ordinal) || file.StartsWith("timeseries", StringComparison.Ordinal), "Written before preludes had a type.");
        await using var reader = await OpenAsync(file);
        var output = new ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(output, reader.Prelude.Header, reader.Prelude.Namespaces);
        await using var plain = Plain(file);
        var original = new byte[output.WrittenCount];
        await plain.ReadExactlyAsync(original);
        Assert.Equal(original, output.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task Metadata_that_is_no_JSON_is_named()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        var error = await Assert.ThrowsAsync<ArchiveCorruptException>(() => OpenAsync("bad-format.archive"));
        Assert.Contains("test.ixtest", error.Message, StringComparison.Ordinal);
    }

    internal static Task<ArchiveReader> OpenAsync(string file) => ArchiveReader.OpenAsync(Plain(file), file, new BufferPool(), CancellationToken.None);

    private static Stream Plain(string file)
    {
        var stream = File.OpenRead(Corpus.PathOf(file));
        return file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }
}
