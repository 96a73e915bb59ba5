using System.Security.Cryptography;
using System.Text.Json;
using Traf3li.Backup.Engine.Archive;

namespace Traf3li.Backup.Engine.Tests.Archive;

/// <summary>What a dump holds, counted and summed while it is read; the digest is that of the corpus' expectations.</summary>
internal sealed class DumpContents
{
    public Dictionary<string, Item> Namespaces { get; } = new(StringComparer.Ordinal);

    public static async Task<DumpContents> ReadAsync(IDumpReader reader)
    {
        var contents = new DumpContents();
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            using (batch)
            {
                var name = $"{batch.Database}.{batch.Collection}";
                if (!contents.Namespaces.TryGetValue(name, out var item))
                {
                    contents.Namespaces[name] = item = new Item();
                }

                Assert.False(item.Ended);
                item.Ended |= batch.IsEof;
                item.Add(batch.Documents.Span, batch.Count);
            }
        }

        return contents;
    }

    /// <summary>Compares count and digest of every collection that both know, and gives how many these were.</summary>
    public int CompareWith(string expectations, string? member)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(expectations));
        var expected = member is null ? json.RootElement.GetProperty("namespaces") : json.RootElement.GetProperty(member);
        var compared = 0;
        foreach (var entry in expected.EnumerateObject())
        {
            if (!string.Equals(entry.Value.GetProperty("type").GetString(), "collection", StringComparison.Ordinal) || !entry.Value.TryGetProperty("digest", out var digest))
            {
                continue;
            }

            if (entry.Name.EndsWith(".system.views", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(Namespaces.TryGetValue(entry.Name, out var item), entry.Name);
            Assert.Equal((entry.Name, entry.Value.GetProperty("count").GetInt64(), digest.GetString()), (entry.Name, item.Count, item.Digest.ToString("x32")));
            compared++;
        }

        return compared;
    }

    internal sealed class Item
    {
        public long Count { get; private set; }

        public UInt128 Digest { get; private set; }

        public ContentHash Hash { get; private set; }

        public bool Ended { get; set; }

        public void Add(ReadOnlySpan<byte> documents, int count)
        {
            Count += count;
            var hash = Hash;
            hash.AddAll(documents);
            Hash = hash;
            Assert.Equal(Count, Hash.Count);
            while (!documents.IsEmpty)
            {
                var document = documents[..BitConverter.ToInt32(documents)];
                if (!RawBson.TryValidate(document, out var error))
                {
                    throw new ArchiveCorruptException("dump", 0, error);
                }

                var sum = SHA256.HashData(document);
                Digest = unchecked(Digest + new UInt128(BitConverter.ToUInt64(sum, 8), BitConverter.ToUInt64(sum)));
                documents = documents[document.Length..];
            }
        }
    }
}
