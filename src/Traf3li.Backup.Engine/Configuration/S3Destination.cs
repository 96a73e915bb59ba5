namespace Traf3li.Backup.Engine.Configuration;

/// <summary>A bucket and what belongs to it. A null member was not given.</summary>
internal sealed record S3Destination : Destination
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>What every key begins with: empty, or a path that ends in <c>/</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The address of a store that is not AWS; null for AWS.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket is part of the path instead of the host name; null does so at a custom endpoint.</summary>
    public bool? PathStyle { get; init; }

    /// <summary><c>AES256</c>, <c>aws:kms</c> or <c>none</c>.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>The KMS key for <c>aws:kms</c>.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>The storage class of new objects, such as STANDARD_IA.</summary>
    public string? StorageClass { get; init; }

    /// <summary>The tags of new objects.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The profile of the AWS configuration files.</summary>
    public string? Profile { get; init; }

    /// <summary>When the SDK sends and checks checksums: <c>WhenRequired</c> or <c>WhenSupported</c>; null chooses by endpoint.</summary>
    public string? Checksum { get; init; }

    /// <summary>Whether checksums are sent and checked even where S3 does not demand them.</summary>
    public bool UsesChecksums => Checksum is null ? Endpoint is null : Checksum == "WhenSupported";

    /// <summary>The URI as the user wrote it; it holds no secret, because one with credentials is refused.</summary>
    public required string Text { get; init; }

    /// <inheritdoc />
    public override string DisplayName => SecretRedactor.Redact(Text);
}
