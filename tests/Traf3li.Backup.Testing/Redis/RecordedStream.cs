namespace Traf3li.Backup.Testing.Redis;

/// <summary>A stream as a test compares it.</summary>
public sealed class RecordedStream
{
    /// <summary>Its entries: the id, and fields and values in turn.</summary>
    public List<(string Id, List<string> Fields)> Entries { get; } = [];

    /// <summary>How many entries it says it has.</summary>
    public long Length { get; set; }

    /// <summary>The newest id it ever had.</summary>
    public string LastId { get; set; } = "";

    /// <summary>The newest deleted id, where it says.</summary>
    public string? MaximalDeletedId { get; set; }

    /// <summary>How many entries it ever had, where it says.</summary>
    public long? EntriesAdded { get; set; }

    /// <summary>Its groups by name.</summary>
    public Dictionary<string, RecordedGroup> Groups { get; } = [];
}
