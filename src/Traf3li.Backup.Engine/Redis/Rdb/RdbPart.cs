namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What the bytes are that a visitor gets.</summary>
internal enum RdbPart
{
    /// <summary>A string value.</summary>
    String,

    /// <summary>An element of a list, from left to right.</summary>
    ListElement,

    /// <summary>A member of a set.</summary>
    SetMember,

    /// <summary>A member of a sorted set; its score follows.</summary>
    SortedSetMember,

    /// <summary>A field of a hash; its value follows.</summary>
    HashField,

    /// <summary>The value of the field before; when the field expires, its time follows.</summary>
    HashValue,

    /// <summary>A field of an entry of a stream; its value follows.</summary>
    StreamField,

    /// <summary>The value of the field before.</summary>
    StreamValue,

    /// <summary>A value of a module as it is stored, without the module's id.</summary>
    Module,
}
