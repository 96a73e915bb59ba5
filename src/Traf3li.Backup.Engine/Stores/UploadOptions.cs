namespace Traf3li.Backup.Engine.Stores;

/// <summary>How an object is written.</summary>
internal sealed class UploadOptions
{
    /// <summary>Fails when the key is taken instead of replacing what is there.</summary>
    public bool OnlyIfAbsent { get; init; }

    /// <summary>The media type, where the store keeps one.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
}
