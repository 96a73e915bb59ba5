namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>One object of a backup as it was stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its size, bytes.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits.</param>
/// <param name="IsReadBack">Whether it was read back in full and compared.</param>
internal sealed record WrittenObject(string Key, long Size, string Sha256, bool IsReadBack);
