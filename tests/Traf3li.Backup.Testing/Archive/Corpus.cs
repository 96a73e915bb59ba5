namespace Traf3li.Backup.Testing.Archive;

/// <summary>
/// The archives made with the stock tools. They stand in <c>../shared/corpus/mongodump</c> beside the repository, or where
/// <c>TRAF3LI_TEST_CORPUS</c> points; without them the tests that need them are skipped.
/// </summary>
public static class Corpus
{
    private static readonly string? Found = Find();

    /// <summary>Why a test that needs the corpus is skipped; null when it is there.</summary>
    public static string? MissingReason => Found is null ? "The corpus of mongodump archives is not there (TRAF3LI_TEST_CORPUS)." : null;

    /// <summary>The path of one file of it.</summary>
    public static string PathOf(string file) => Path.Combine(Found ?? throw new InvalidOperationException(MissingReason), file);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TRAF3LI_TEST_CORPUS") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? given : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "corpus", "mongodump");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
