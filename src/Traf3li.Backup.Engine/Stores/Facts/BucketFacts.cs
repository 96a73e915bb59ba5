namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>How a bucket is set up.</summary>
internal sealed record BucketFacts
{
    /// <summary>The bucket.</summary>
    public required string Name { get; init; }

    /// <summary>What every key of the destination begins with; empty for nothing.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whether what is replaced or deleted stays as an older version.</summary>
    public required Fact<BucketVersioning> Versioning { get; init; }

    /// <summary>The default encryption, such as <c>AES256</c> or <c>aws:kms</c>; empty for none. Amazon encrypts every bucket since 2023.</summary>
    public required Fact<string> Encryption { get; init; }

    /// <summary>Which public access is blocked.</summary>
    public required Fact<PublicAccessBlock> PublicAccess { get; init; }

    /// <summary>Whether the bucket's policy lets everybody in; false where it has none.</summary>
    public required Fact<bool> IsPolicyPublic { get; init; }

    /// <summary>Object Lock.</summary>
    public required Fact<ObjectLockDefault> ObjectLock { get; init; }

    /// <summary>The lifecycle rules; none where the bucket has no such configuration.</summary>
    public required Fact<IReadOnlyList<LifecycleRuleFacts>> Lifecycle { get; init; }
}
