using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Demo;

/// <summary>
/// What a collection holds, found without any code of the module: its documents, their number, its indexes and options. Two reports
/// are equal when all of it is, in whatever order the server returns documents.
/// </summary>
/// <param name="Name">The collection.</param>
/// <param name="Type"><c>collection</c>, <c>view</c> or <c>timeseries</c>.</param>
/// <param name="Count">Its documents.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Indexes">How many indexes it has.</param>
/// <param name="Hash">The SHA-256 of the sorted SHA-256 of every document, and of options and indexes.</param>
internal sealed record ContentReport(string Name, string Type, long Count, long Bytes, int Indexes, string Hash)
{
    private const int LargestDocument = (16 << 20) + (16 << 10);

    /// <summary>One report a collection, in the order of their names.</summary>
    public static async Task<IReadOnlyList<ContentReport>> CreateAsync(IMongoDatabase database)
    {
        var reports = new List<ContentReport>();
        using var listed = await database.ListCollectionsAsync();
        foreach (var collection in (await listed.ToListAsync()).OrderBy(item => item["name"].AsString, StringComparer.Ordinal))
        {
            if (!collection["name"].AsString.StartsWith("system.", StringComparison.Ordinal))
            {
                reports.Add(await CreateAsync(database, collection));
            }
        }

        return reports;
    }

    private static async Task<ContentReport> CreateAsync(IMongoDatabase database, BsonDocument description)
    {
        var name = description["name"].AsString;
        var type = description["type"].AsString;
        var collection = database.GetCollection<RawBsonDocument>(name);
        var hashes = new List<byte[]>();
        var buffer = new byte[LargestDocument];
        long bytes = 0;
        using (var cursor = await collection.FindAsync(FilterDefinition<RawBsonDocument>.Empty, new FindOptions<RawBsonDocument> { BatchSize = 10_000 }))
        {
            while (await cursor.MoveNextAsync())
            {
                foreach (var document in cursor.Current)
                {
                    using (document)
                    {
                        var length = document.Slice.Length;
                        document.Slice.GetBytes(0, buffer, 0, length);
                        hashes.Add(SHA256.HashData(buffer.AsSpan(0, length)));
                        bytes += length;
                    }
                }
            }
        }

        var indexes = new List<string>();
        if (type != "view")
        {
            using var cursor = await collection.Indexes.ListAsync();
            indexes.AddRange((await cursor.ToListAsync()).Select(index => index.ToJson()).Order(StringComparer.Ordinal));
        }

        using var total = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hashes.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        hashes.ForEach(total.AppendData);
        indexes.ForEach(index => total.AppendData(Encoding.UTF8.GetBytes(index)));
        total.AppendData(Encoding.UTF8.GetBytes(description["options"].ToJson()));
        return new ContentReport(name, type, hashes.Count, bytes, indexes.Count, Convert.ToHexStringLower(total.GetHashAndReset()));
    }
}
