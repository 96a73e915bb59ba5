using Amazon.S3;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>How new objects are encrypted at rest.</summary>
/// <param name="Method">The method; null asks for none, and the bucket's own default applies.</param>
/// <param name="KmsKeyId">The KMS key; null takes the bucket's own.</param>
internal sealed record S3Encryption(ServerSideEncryptionMethod? Method, string? KmsKeyId)
{
    /// <summary>
    /// Decides: the URI, then S3_SSE_ALGORITHM and S3_KMS_KEY_ID; AES256, as in the Node scripts, where nothing is said, but none at a custom
    /// endpoint, since Ceph and others refuse it when they have no key of their own.
    /// </summary>
    public static S3Encryption Decide(S3Destination destination, EngineSettings settings)
    {
        var name = destination.ServerSideEncryption ?? settings.Find(KnownSettings.SseAlgorithm) ?? (destination.Endpoint is null ? "AES256" : "none");
        return name switch
        {
            "none" => new S3Encryption(null, null),
            "aws:kms" => new S3Encryption(ServerSideEncryptionMethod.AWSKMS, destination.KmsKeyId ?? settings.Find(KnownSettings.KmsKeyId)),
            _ => new S3Encryption(ServerSideEncryptionMethod.AES256, null),
        };
    }

    /// <summary>Whether ETags of objects that were stored so are MD5 sums: unencrypted anywhere, AES256 at AWS (Amazon S3 API reference, "Object").</summary>
    public static bool HasMd5ETags(ServerSideEncryptionMethod? answered, bool isAws) =>
        answered is null || string.IsNullOrEmpty(answered.Value) || (isAws && answered == ServerSideEncryptionMethod.AES256);
}
