using MongoDB.Bson;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Testing.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

public sealed class ArchiveMetadataTests
{
    [Theory]
    [InlineData("6.0.5-full.archive")]
    [InlineData("7.0.28-full.archive")]
    [InlineData("6.0.5-oplog.archive.gz")]
    public async Task Metadata_written_again_are_those_of_mongodump(string file)
    {
        Assert.SkipWhen(Corpus.MissingReason is not null, Corpus.MissingReason ?? "");
        await using var reader = await CorpusTests.OpenAsync("stock/" + file);
        foreach (var item in reader.Prelude.Namespaces.Where(item => item.MetadataJson.Length > 0))
        {
            var parsed = ArchiveMetadata.Parse(item, file);
            Assert.Equal(item.Collection, parsed.CollectionName);
            Assert.Equal(item.Type, parsed.Type);
            var written = ArchiveMetadata.Write(parsed.Options.ToBson(), [.. parsed.Indexes.Select(index => new ReadOnlyMemory<byte>(index.ToBson()))], parsed.Uuid, parsed.CollectionName!, parsed.Type!);
            Assert.Equal(item.MetadataJson, written);
        }
    }

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(-500, "-500.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456, "123456.0")]
    [InlineData(1000000, "1E+06")]
    [InlineData(123456789, "1.23456789E+08")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1E-05")]
    [InlineData(1e100, "1E+100")]
    [InlineData(0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(5e-324, "5E-324")]
    public void Doubles_are_written_as_Go_does(double value, string text) => Assert.Equal(text, GoNumber.Format(value));

    [Fact]
    public void A_name_twice_is_read_as_a_server_takes_it()
    {
        Assert.True(ArchiveMetadata.TryParse("""{"options":{"viewOn":"a","pipeline":[{"$match":{"n":{"$gt":1},"n":{"$lt":9}}}]},"indexes":[],"collectionName":"v","type":"view"}""", out var metadata, out var reason), reason);

        Assert.Equal(2, metadata.Options["pipeline"][0]["$match"].AsBsonDocument.ElementCount);
    }

    [Fact]
    public void What_nests_as_deep_as_can_be_written_can_be_read()
    {
        var options = new BsonDocument("end", new BsonTimestamp(1)).ToBson();
        for (var level = 0; level < CanonicalJson.MaxDepth; level++)
        {
            options = [.. BitConverter.GetBytes(options.Length + 8), 3, (byte)'d', 0, .. options, 0];
        }

        var json = ArchiveMetadata.Write(options, [], null, "deep", "view");

        Assert.True(ArchiveMetadata.TryParse(json, out var metadata, out var reason), reason);
        Assert.Equal("d", metadata.Options.Names.Single());
    }
}
