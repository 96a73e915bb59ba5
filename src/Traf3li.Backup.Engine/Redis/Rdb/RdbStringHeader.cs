namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>How a string is stored, before its bytes.</summary>
/// <param name="Encoding">In which of three ways.</param>
/// <param name="Length">Bytes of the string; 0 for an integer.</param>
/// <param name="Compressed">Bytes as stored, for <see cref="RdbStringEncoding.Lzf" />.</param>
/// <param name="Integer">The number, for <see cref="RdbStringEncoding.Integer" />.</param>
internal readonly record struct RdbStringHeader(RdbStringEncoding Encoding, long Length, long Compressed, int Integer);
