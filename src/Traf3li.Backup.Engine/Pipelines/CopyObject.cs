using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>One object of a backup that is to be copied.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its size, bytes.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits; null where none was recorded.</param>
internal sealed record CopyObject(string Key, long Size, string? Sha256)
{
    /// <summary>That it cannot be read; null when it can.</summary>
    public ObjectArchive? Archive { get; init; }
}
