namespace Traf3li.Backup.Engine.Archive;

/// <summary>The type byte of an element (bsonspec.org 1.1).</summary>
internal enum BsonType : byte
{
    /// <summary>The end of a document.</summary>
    End = 0x00,

    /// <summary>64-bit binary floating point.</summary>
    Double = 0x01,

    /// <summary>UTF-8 string.</summary>
    String = 0x02,

    /// <summary>Embedded document.</summary>
    Document = 0x03,

    /// <summary>Array.</summary>
    Array = 0x04,

    /// <summary>Binary data.</summary>
    Binary = 0x05,

    /// <summary>Undefined (deprecated).</summary>
    Undefined = 0x06,

    /// <summary>Object id.</summary>
    ObjectId = 0x07,

    /// <summary>Boolean.</summary>
    Boolean = 0x08,

    /// <summary>Milliseconds since 1970 UTC.</summary>
    DateTime = 0x09,

    /// <summary>Null.</summary>
    Null = 0x0a,

    /// <summary>Regular expression.</summary>
    RegularExpression = 0x0b,

    /// <summary>DBPointer (deprecated).</summary>
    DbPointer = 0x0c,

    /// <summary>JavaScript code.</summary>
    JavaScript = 0x0d,

    /// <summary>Symbol (deprecated).</summary>
    Symbol = 0x0e,

    /// <summary>JavaScript code with scope (deprecated).</summary>
    JavaScriptWithScope = 0x0f,

    /// <summary>32-bit integer.</summary>
    Int32 = 0x10,

    /// <summary>Timestamp of the server's own.</summary>
    Timestamp = 0x11,

    /// <summary>64-bit integer.</summary>
    Int64 = 0x12,

    /// <summary>128-bit decimal floating point.</summary>
    Decimal128 = 0x13,

    /// <summary>Min key.</summary>
    MinKey = 0xff,

    /// <summary>Max key.</summary>
    MaxKey = 0x7f,
}
