namespace Traf3li.Backup.Engine.Stores;

/// <summary>How an object is written.</summary>
internal sealed record UploadOptions
{
    /// <summary>Fails when the key is taken instead of replacing what is there.</summary>
    public bool OnlyIfAbsent { get; init; }

    /// <summary>Fails unless what is there has this <see cref="StoredObject.Version" />; null replaces anything. Not together with <see cref="OnlyIfAbsent" />.</summary>
    public string? OnlyIfVersion { get; init; }

    /// <summary>Whether it is read again at any time, so that it is not stored in the destination's storage class, which may need a thaw.</summary>
    public bool IsReadOften { get; init; }

    /// <summary>The media type, where the store keeps one.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
}
