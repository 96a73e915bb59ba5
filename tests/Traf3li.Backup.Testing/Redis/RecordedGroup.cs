namespace Traf3li.Backup.Testing.Redis;

/// <summary>A consumer group as a test compares it.</summary>
public sealed class RecordedGroup
{
    /// <summary>The newest entry it was given.</summary>
    public string LastDelivered { get; set; } = "";

    /// <summary>How many entries it read, where the server knows.</summary>
    public long? EntriesRead { get; set; }

    /// <summary>Its pending entries: when and how often they were delivered.</summary>
    public Dictionary<string, (long At, long Times)> Pending { get; } = [];

    /// <summary>Its consumers with their pending entries.</summary>
    public Dictionary<string, List<string>> Consumers { get; } = [];
}
