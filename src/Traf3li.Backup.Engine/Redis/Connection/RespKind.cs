namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The kinds of replies of RESP2.</summary>
internal enum RespKind
{
    /// <summary>A nil bulk string or array.</summary>
    Null,

    /// <summary>A simple string, such as OK.</summary>
    Status,

    /// <summary>An error; its first word is its code.</summary>
    Error,

    /// <summary>A 64-bit number.</summary>
    Integer,

    /// <summary>Bytes.</summary>
    Bulk,

    /// <summary>Other values.</summary>
    Array,

    /// <summary>Bytes that were passed over because there were too many; their number is known.</summary>
    Omitted,
}
