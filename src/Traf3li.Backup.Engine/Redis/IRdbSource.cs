namespace Traf3li.Backup.Engine.Redis;

/// <summary>An RDB that is made of a server's data while it is read.</summary>
internal interface IRdbSource : IAsyncDisposable
{
    /// <summary>The RDB, to be read once, asynchronously, by one reader. It ends where the RDB ends; anything else is an error.</summary>
    Stream Rdb { get; }

    /// <summary>Its length, bytes; null when that is not known before its end.</summary>
    long? Length { get; }

    /// <summary>The id of the server's replication stream; null where it did not say.</summary>
    string? ReplicationId { get; }

    /// <summary>The offset in that stream that the RDB stands for, bytes; null where it stands for none.</summary>
    long? Offset { get; }

    /// <summary>What a user should know of the RDB; complete when it was read to its end.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>What comes with this way of reading, which only those who did not choose it have to know; complete when it was read to its end.</summary>
    IReadOnlyList<string> Notes { get; }
}
