namespace Traf3li.Backup;

/// <summary>Which way the bytes of a copy went.</summary>
public enum CopyMethod
{
    /// <summary>Through this machine.</summary>
    Stream,

    /// <summary>Within the S3 service, which copied them itself.</summary>
    ServerSide,
}
