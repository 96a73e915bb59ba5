using System.Buffers;
using CsCheck;
using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class RobustnessTests
{
    private const string Metadata = """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}""";

    [Fact]
    public async Task Every_prefix_is_an_error_of_ours()
    {
        var archive = Sample();
        for (var length = 0; length < archive.Length; length++)
        {
            var error = await Record.ExceptionAsync(() => ReadAsync(archive[..length]));
            Assert.True(error is ArchiveCorruptException or ForeignFileException, $"{length}: {error}");
        }

        Assert.Equal(4, (await ReadAsync(archive)).Namespaces.Count);
    }

    [Fact]
    public async Task Every_flipped_byte_is_an_error_or_changes_no_data()
    {
        var archive = Sample();
        var whole = await ReadAsync(archive);
        for (var index = 0; index < archive.Length; index++)
        {
            foreach (var mask in new byte[] { 0x01, 0x80, 0xff })
            {
                var flipped = archive.ToArray();
                flipped[index] ^= mask;
                DumpContents contents;
                try
                {
                    contents = await ReadAsync(flipped);
                }
                catch (Exception error) when (error is ArchiveCorruptException or ForeignFileException)
                {
                    continue;
                }

                // Versions and metadata have no checksum; the documents have.
                Assert.Equal(whole.Namespaces.Select(item => (item.Key, item.Value.Hash)), contents.Namespaces.Select(item => (item.Key, item.Value.Hash)));
            }
        }
    }

    [Fact]
    public async Task Bytes_behind_the_end_are_an_error() => await Assert.ThrowsAsync<ArchiveCorruptException>(() => ReadAsync([.. Sample(), 0]));

    [Fact]
    public async Task Namespaces_that_reopen_lack_or_differ_are_errors()
    {
        var prelude = Prelude(("d", "c"));
        byte[] segment = [.. ArchiveEncoder.SegmentHeader("d", "c"), .. Terminator];
        var eof = ArchiveEncoder.Eof("d", "c", 0);
        await ReadAsync([.. prelude, .. segment, .. eof]);
        await ThrowsAsync("already ended", [.. prelude, .. eof, .. segment]);
        await ThrowsAsync("already ended", [.. prelude, .. eof, .. eof]);
        await ThrowsAsync("not in the prelude", [.. prelude, .. ArchiveEncoder.SegmentHeader("d", "x"), .. Terminator]);
        await ThrowsAsync("no end yet", [.. prelude, .. segment]);
        await ThrowsAsync("CRC", [.. prelude, .. ArchiveEncoder.Eof("d", "c", 1)]);
        await ThrowsAsync("length", [.. prelude, .. ArchiveEncoder.SegmentHeader("d", "c"), 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]);
    }

    [Fact]
    public async Task What_is_no_archive_is_said_to_be_foreign()
    {
        await Assert.ThrowsAsync<ForeignFileException>(() => ReadAsync([]));
        await Assert.ThrowsAsync<ForeignFileException>(() => ReadAsync("PK and some more"u8.ToArray()));
    }

    [Fact]
    public async Task Metadata_that_nests_without_end_does_not_end_the_process()
    {
        var output = new ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(output, new ArchiveHeader(1, "7.0.0", "t"), [new ArchiveNamespace("d", "c", new string('[', 1_000_000), "", 0)]);
        await ThrowsAsync("nests", output.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task A_small_pool_suffices_while_batches_are_held()
    {
        var pool = new BufferPool(1);
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(Sample()), "test", pool, CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            batch.Dispose();
        }

        await reader.DisposeAsync();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public Task What_we_write_passes_the_strict_checker_and_reads_back() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 12].Array[1, 6], Gen.Int[0, 40], Gen.Int[1, 2000], Gen.Bool).SampleAsync(async (names, documents, size, withOplog) =>
        {
            var unique = names.Distinct(StringComparer.Ordinal).Select(name => ("db", name)).ToArray();
            var archive = Build(unique, documents, size, withOplog);
            var strict = StrictArchiveChecker.Check(archive);
            var contents = await ReadAsync(archive);
            Assert.Equal(strict.Namespaces.Select(item => (item.Name, item.Count, item.Bytes)).Order(), contents.Namespaces.Select(item => (item.Key, item.Value.Count, item.Value.Hash.Bytes)).Order());
        }, iter: 50);

    [Fact]
    public void The_strict_checker_takes_what_mongodump_wrote()
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        foreach (var file in new[] { "6.0.5-full.archive", "7.0.28-full.archive", "6.0.5-db-users.archive" })
        {
            Assert.NotEmpty(StrictArchiveChecker.Check(File.ReadAllBytes(Corpus.PathOf("stock/" + file))).Namespaces);
        }
    }

    [Fact]
    public void The_strict_checker_refuses_what_is_wrong()
    {
        var archive = Sample();
        StrictArchiveChecker.Check(archive);
        Assert.Throws<InvalidDataException>(() => { StrictArchiveChecker.Check(archive[..^1]); });
        Assert.Throws<InvalidDataException>(() => { StrictArchiveChecker.Check([.. archive, .. ArchiveEncoder.Eof("db", "a", 0)]); });
        Assert.Throws<InvalidDataException>(() => { StrictArchiveChecker.Check([.. Prelude(("d", "c")), .. ArchiveEncoder.Eof("d", "c", 5)]); });
    }

    [Fact]
    public void A_block_in_memory_reads_segment_by_segment()
    {
        var documents = Documents(5, 100);
        byte[] block = [.. ArchiveEncoder.SegmentHeader("d", "c"), .. documents, .. Terminator, .. ArchiveEncoder.SegmentHeader("d", "c"), .. documents, .. Terminator, .. ArchiveEncoder.Eof("d", "c", 9)];
        var reader = new SegmentReader(block, "test", 100);
        Assert.True(reader.TryRead(out var first));
        Assert.True(reader.TryRead(out var second));
        Assert.True(reader.TryRead(out var end));
        Assert.False(reader.TryRead(out _));
        Assert.Equal((5, documents.Length), (first.Count, first.Documents.Length));
        Assert.Equal(Crc64Xz.Append(0, (byte[])[.. documents, .. documents]), Crc64Xz.Combine(first.Crc, second.Crc, second.Documents.Length));
        Assert.True(end is { IsEof: true, Crc: 9 });
        for (var length = 1; length < block.Length; length++)
        {
            var cut = new SegmentReader(block.AsMemory(0, length), "test", 0);
            try
            {
                while (cut.TryRead(out _))
                {
                }
            }
            catch (ArchiveCorruptException)
            {
            }
        }

        var other = new SegmentReader((byte[])[.. ArchiveEncoder.SegmentHeader("d", "c"), .. Terminator, .. ArchiveEncoder.SegmentHeader("d", "x"), .. Terminator], "test", 0);
        Assert.True(other.TryRead(out _));
        Assert.Throws<ArchiveCorruptException>(() => { other.TryRead(out _); });
    }

    private static readonly byte[] Terminator = [0xff, 0xff, 0xff, 0xff];

    private static byte[] Sample() => Build([("db", "a"), ("db", "empty"), ("other", "b")], 3, 40, withOplog: true);

    private static byte[] Prelude(params (string Database, string Collection)[] names)
    {
        var output = new ArrayBufferWriter<byte>();
        ArchiveEncoder.WritePrelude(output, new ArchiveHeader(4, "7.0.28", "test"), [.. names.Select(name => new ArchiveNamespace(name.Database, name.Collection, name.Database.Length == 0 ? "" : Metadata, name.Database.Length == 0 ? "" : "collection", 0))]);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Documents(int count, int size) =>
        [.. Enumerable.Range(0, count).SelectMany(index => new BsonDocument { { "_id", index }, { "text", new string('x', size) } }.ToBson())];

    private static byte[] Build((string Database, string Collection)[] names, int count, int size, bool withOplog)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Prelude(withOplog ? [.. names, ("", "oplog")] : names));
        foreach (var (database, collection) in withOplog ? [.. names, ("", "oplog")] : names)
        {
            var crc = 0UL;
            for (var segment = 0; segment < 2 && !string.Equals(collection, "empty", StringComparison.Ordinal); segment++)
            {
                var documents = Documents(count, size);
                ArchiveEncoder.WriteSegmentHeader(output, database, collection);
                output.Write(documents);
                ArchiveEncoder.WriteTerminator(output);
                crc = Crc64Xz.Append(crc, documents);
            }

            ArchiveEncoder.WriteEof(output, database, collection, crc);
        }

        return output.WrittenSpan.ToArray();
    }

    private static async Task ThrowsAsync(string part, byte[] archive)
    {
        var error = await Assert.ThrowsAsync<ArchiveCorruptException>(() => ReadAsync(archive));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static async Task<DumpContents> ReadAsync(byte[] archive)
    {
        var pool = new BufferPool();
        try
        {
            await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), "test", pool, CancellationToken.None);
            return await DumpContents.ReadAsync(reader);
        }
        finally
        {
            Assert.Equal(0, pool.Rented);
        }
    }
}
