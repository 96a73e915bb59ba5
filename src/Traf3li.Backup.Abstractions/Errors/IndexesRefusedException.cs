namespace Traf3li.Backup;

/// <summary>The target server refused indexes of the backup.</summary>
public sealed class IndexesRefusedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public IndexesRefusedException(IReadOnlyList<string> refusal, Exception? innerException = null)
        : base(
            "IndexesRefused",
            $"The server refused {refusal.Count} indexes; live data was not touched. The first is {refusal[0]}",
            "Restore to a server that knows such indexes, mend the data that they forbid, restore all but these with -AllowRefused, or none with -NoIndex.",
            null,
            innerException)
    {
        Refusal = refusal;
    }

    /// <summary>Each index, its collection and the server's reason.</summary>
    public IReadOnlyList<string> Refusal { get; }
}
