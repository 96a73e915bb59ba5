using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Engine.Tests.Redis.Rdb;

/// <summary>RDB files that servers wrote, beside the repository; without them the tests that need them are skipped.</summary>
internal static class RdbCorpus
{
    /// <summary>The names of its files, or one that is skipped.</summary>
    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var name in Names())
            {
                data.Add(name);
            }

            return data;
        }
    }

    /// <summary>The names of its files.</summary>
    public static IEnumerable<string> Names() => SharedFolder.Find("corpus/rdb") is { } folder
        ? Directory.GetFiles(folder, "*.rdb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : ["none"];

    /// <summary>One of its files; skips the test where it is not there.</summary>
    public static byte[] Read(string name)
    {
        var path = SharedFolder.Find("corpus/rdb/" + name);
        Assert.SkipWhen(path is null, "the corpus of RDB files is not beside the repository (shared/corpus/rdb)");
        var bytes = File.ReadAllBytes(path!);

        // This one was taken from a replication, with the marker of 40 bytes that ends it.
        return name == "redis_40_with_module.rdb" ? bytes[..^40] : bytes;
    }
}
