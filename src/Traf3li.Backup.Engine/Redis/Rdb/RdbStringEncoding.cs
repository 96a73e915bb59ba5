namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>How a string is stored.</summary>
internal enum RdbStringEncoding
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>As a signed number of one, two or four bytes, which stands for its decimal digits.</summary>
    Integer,

    /// <summary>Compressed by LZF.</summary>
    Lzf,
}
