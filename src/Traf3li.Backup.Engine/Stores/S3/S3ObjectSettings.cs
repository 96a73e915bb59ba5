using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>What a new object is stored with.</summary>
internal sealed class S3ObjectSettings(S3Destination destination, S3Encryption encryption, UploadOptions options)
{
    /// <summary>Fails when the key is taken.</summary>
    public bool OnlyIfAbsent => options.OnlyIfAbsent;

    /// <summary>The version that is replaced; null replaces any.</summary>
    public string? OnlyIfVersion => options.OnlyIfVersion;

    /// <summary>Whether the store is AWS.</summary>
    public bool IsAws => destination.Endpoint is null;

    /// <summary>The encryption that is asked for; null asks for none.</summary>
    public ServerSideEncryptionMethod? Encryption => encryption.Method;

    /// <summary>Whether an ETag in a condition has its quotes, as HTTP wants it. Ceph (16 and 18) compares the text and has none; who refuses one form is asked in the other.</summary>
    public bool QuotesVersions { get; set; } = destination.Endpoint is null;

    /// <summary>Whether TLS protects bodies, so that they need no signature of their own.</summary>
    public bool IsEncryptedInTransit => destination.Endpoint?.Scheme != Uri.UriSchemeHttp;

    /// <summary>The tags; null for none.</summary>
    public List<Tag>? Tags => destination.Tags.Count == 0 ? null : [.. destination.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    /// <summary>Sets them on an object stored at once.</summary>
    public void Apply(PutObjectRequest request, byte[] md5)
    {
        request.ChecksumAlgorithm = Algorithm;
        request.MD5Digest = Digest(md5);
        request.ContentType = options.ContentType;
        request.ServerSideEncryptionMethod = encryption.Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = encryption.KmsKeyId;
        request.StorageClass = StorageClass;
        request.TagSet = Tags;
        request.DisablePayloadSigning = IsEncryptedInTransit;
        request.UseChunkEncoding = IsAws;
        request.AutoCloseStream = false;
        if (OnlyIfAbsent)
        {
            request.IfNoneMatch = "*";
        }
    }

    /// <summary>Sets the version that is replaced, if only one may be.</summary>
    public void ApplyVersion(PutObjectRequest request) => request.IfMatch = OnlyIfVersion is { } version ? QuotesVersions ? $"\"{version}\"" : version : null;

    /// <summary>Sets them on an object stored in parts.</summary>
    public void Apply(InitiateMultipartUploadRequest request)
    {
        request.ContentType = options.ContentType;
        request.ServerSideEncryptionMethod = encryption.Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = encryption.KmsKeyId;
        request.StorageClass = StorageClass;
        request.TagSet = Tags;
        // Said here or not at all: a part whose checksum was not announced is refused.
        request.ChecksumAlgorithm = Algorithm;
    }

    /// <summary>Sets them on an object that the service copies. What the source was stored with is not taken along.</summary>
    public void Apply(CopyObjectRequest request)
    {
        request.MetadataDirective = S3MetadataDirective.REPLACE;
        request.TaggingDirective = TaggingDirective.REPLACE;
        request.ContentType = options.ContentType;
        request.ServerSideEncryptionMethod = encryption.Method;
        request.ServerSideEncryptionKeyManagementServiceKeyId = encryption.KmsKeyId;
        request.StorageClass = StorageClass;
        request.TagSet = Tags;
        request.ChecksumAlgorithm = Algorithm;
    }

    /// <summary>Sets them on a part.</summary>
    public void Apply(UploadPartRequest request, byte[] md5)
    {
        request.ChecksumAlgorithm = Algorithm;
        request.MD5Digest = Digest(md5);
        request.DisablePayloadSigning = IsEncryptedInTransit;
        request.UseChunkEncoding = IsAws;
    }

    /// <summary>The ETag that bytes stored so must have; null when the store's ETags say nothing about the bytes.</summary>
    /// <param name="answered">The encryption that the store used.</param>
    /// <param name="md5">The ETag that their MD5 makes.</param>
    public string? ExpectedETag(ServerSideEncryptionMethod? answered, string md5) => S3Encryption.HasMd5ETags(answered, IsAws) ? md5 : null;

    private ChecksumAlgorithm? Algorithm => destination.UsesChecksums ? ChecksumAlgorithm.CRC32 : null;

    // What the store checks on arrival: a CRC-32 where it knows those, else the MD5.
    private string? Digest(byte[] md5) => destination.UsesChecksums ? null : Convert.ToBase64String(md5);

    private S3StorageClass? StorageClass => !options.IsReadOften && destination.StorageClass is { } name ? S3StorageClass.FindValue(name) : null;
}
