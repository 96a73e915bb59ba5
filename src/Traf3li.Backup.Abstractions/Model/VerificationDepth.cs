namespace Traf3li.Backup;

/// <summary>How far a backup is tested.</summary>
public enum VerificationDepth
{
    /// <summary>Manifest, size and stored checksum; reads no data where the store can say them.</summary>
    Quick,

    /// <summary>Reads everything: hash, decompression, every document, counts and content hashes.</summary>
    Full,

    /// <summary>Full, then restored into scratch databases of a scratch server, compared and dropped.</summary>
    Restore,
}
