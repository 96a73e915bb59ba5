using System.Text.Encodings.Web;
using System.Text.Json;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Stores.S3.Setup;

/// <summary>
/// The least IAM policies (Amazon S3 service authorization reference). Listing is not limited to the prefix: S3 answers a HEAD of a missing object with
/// 403 then, since that request names no prefix, and a backup could not tell a free key from a forbidden one.
/// </summary>
internal static class AccessPolicies
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The policy as JSON.</summary>
    /// <param name="policy">What it is for.</param>
    /// <param name="destination">The bucket and prefix.</param>
    /// <param name="kmsKeyId">The KMS key of new objects; null for none.</param>
    public static string Describe(StorePolicy policy, S3Destination destination, string? kmsKeyId)
    {
        var bucket = $"arn:aws:s3:::{destination.Bucket}";
        var root = $"{bucket}/{destination.Prefix}{BackupKey.Root}";
        List<object> statements = policy switch
        {
            StorePolicy.Backup =>
            [
                Statement("Bucket", ["s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket),
                Statement("Objects", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", .. destination.Tags.Count > 0 ? ["s3:PutObjectTagging"] : Array.Empty<string>()], root + "*"),
            ],
            StorePolicy.Restore =>
            [
                Statement("Bucket", ["s3:ListBucket"], bucket),
                Statement("Objects", ["s3:GetObject", "s3:RestoreObject"], root + "*"),
                Statement("LocksAndHistory", ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], $"{bucket}/{destination.Prefix}{LockObject.Folder}*", $"{bucket}/{destination.Prefix}{RunKey.Folder}*", $"{bucket}/{destination.Prefix}{NotificationSubject.Folder}*"),
            ],
            _ =>
            [
                Statement("Bucket", ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"], bucket),
                Statement("Objects", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold"], root + "*"),
            ],
        };
        if (kmsKeyId is not null)
        {
            var key = kmsKeyId.StartsWith("arn:", StringComparison.Ordinal) ? kmsKeyId : $"arn:aws:kms:*:*:{(kmsKeyId.StartsWith("alias/", StringComparison.Ordinal) ? "key/*" : $"key/{kmsKeyId}")}";
            statements.Add(Statement("Encryption", ["kms:GenerateDataKey", "kms:Decrypt"], key));
        }

        return JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements }, Options);
    }

    private static object Statement(string id, string[] action, params string[] resource) => new { Sid = id, Effect = "Allow", Action = action, Resource = resource };
}
